using IMDD.Cloud.Aggregator.Alarms;
using IMDD.Cloud.Aggregator.Drift;
using IMDD.Cloud.Aggregator.Ingest;
using IMDD.Cloud.Aggregator.Queries;
using IMDD.Cloud.Aggregator.State;
using IMDD.Cloud.Aggregator.Windows;
using IMDD.Contracts.Queries;
using IMDD.Messaging.Kafka;
using IMDD.Relational;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace IMDD.Cloud.Aggregator.Tests;

/// <summary>An aggregator put together as in production, whose turns the test makes itself: nothing runs by the clock.</summary>
internal sealed class Instance : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Instance(WebApplication app) => _app = app;

    public BatchProcessor Processor => Get<BatchProcessor>();
    public PartitionClaims Claims => Get<PartitionClaims>();
    public WindowSweeper Windows => Get<WindowSweeper>();
    public DriftSweeper Drift => Get<DriftSweeper>();
    public DriftBook DriftBook => Get<DriftBook>();
    public AlarmSweeper Alarms => Get<AlarmSweeper>();
    public OutboxRelay<AggregatorDbContext> Relay => Get<OutboxRelay<AggregatorDbContext>>();
    public QueryService Queries => Get<QueryService>();

    public static async Task<Instance> CreateAsync(IReadOnlyDictionary<string, string?> database, FakeTimeProvider time, string name, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        foreach (var (key, value) in database)
        {
            builder.Configuration[key] = value;
        }

        builder.Configuration["Aggregator:InstanceName"] = name;
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.Services.AddSingleton<TimeProvider>(time);
        builder.AddAggregator();
        Instance instance = new(builder.Build());
        await instance._app.Services.GetServices<IHostedService>().OfType<SchemaMigrator<AggregatorDbContext>>().Single().StartAsync(TestContext.Current.CancellationToken);
        return instance;
    }

    public T Get<T>()
        where T : notnull
        => _app.Services.GetRequiredService<T>();

    /// <summary>Takes the partitions of the records, where they are not taken yet, and counts.</summary>
    public BatchResult Count(params IReadOnlyList<KafkaConsumed> records)
    {
        var unclaimed = records.Select(r => new KafkaPartition(r.Topic, r.Partition)).Distinct().Where(p => !Claims.IsOurs(p)).ToList();
        if (unclaimed.Count > 0)
        {
            Claims.Claim(unclaimed);
        }

        return Processor.Process(records);
    }

    public T Read<T>(Func<AggregatorDbContext, T> read)
    {
        using var context = Get<IDbContextFactory<AggregatorDbContext>>().CreateDbContext();
        return read(context);
    }

    public Task<AggregateTotals> TotalsAsync() => Queries.TotalsAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
