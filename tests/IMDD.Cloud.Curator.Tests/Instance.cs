using IMDD.Cloud.Curator.Agreement;
using IMDD.Cloud.Curator.Ingest;
using IMDD.Cloud.Curator.Labels;
using IMDD.Cloud.Curator.Queue;
using IMDD.Cloud.Curator.State;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Review;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;
using IMDD.Relational;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace IMDD.Cloud.Curator.Tests;

/// <summary>A curator put together as in production, whose turns the test makes itself: nothing runs by the clock.</summary>
internal sealed class Instance : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Instance(WebApplication app) => _app = app;

    public ReviewQueue Queue => Get<ReviewQueue>();
    public LabelDesk Desk => Get<LabelDesk>();
    public AgreementReport Agreement => Get<AgreementReport>();
    public OutboxRelay<CuratorDbContext> Relay => Get<OutboxRelay<CuratorDbContext>>();

    public static async Task<Instance> CreateAsync(IReadOnlyDictionary<string, string?> database, FakeTimeProvider time, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        foreach (var (key, value) in database.Select(p => (p.Key, p.Value)).Concat(settings.Select(s => (s.Key, (string?)s.Value))))
        {
            builder.Configuration[key] = value;
        }

        builder.Configuration["Curator:InstanceName"] ??= "one";

        // Only a test of it merges frames, or draws them for a blind look.
        builder.Configuration["Curator:DuplicateSimilarity"] ??= "1";
        builder.Configuration["Curator:BlindShare"] ??= "0";
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.AddCurator();
        Instance instance = new(builder.Build());
        await instance._app.Services.GetServices<IHostedService>().OfType<SchemaMigrator<CuratorDbContext>>().Single().StartAsync(TestContext.Current.CancellationToken);
        instance.Get<ExampleIntake>().SeedVocabulary();
        return instance;
    }

    public T Get<T>()
        where T : notnull
        => _app.Services.GetRequiredService<T>();

    public void Take(params IReadOnlyList<KafkaConsumed> records) => Get<ExampleIntake>().Take(records);

    public ReviewFrame? Next(string rater, string holder = "tab") => Queue.Next(Who(rater, holder));

    public async Task<LabelReceipt> LabelAsync(string outcomeId, LabelRequest request)
        => (await Desk.LabelAsync(outcomeId, request, TestContext.Current.CancellationToken)).ShouldBeOfType<LabelOutcome.Taken>().Receipt;

    public T Read<T>(Func<CuratorDbContext, T> read)
    {
        using var context = Get<IDbContextFactory<CuratorDbContext>>().CreateDbContext();
        return read(context);
    }

    /// <summary>Events that wait to be published, the earliest first.</summary>
    public List<CloudEvent> Outgoing(string topic) => Read(db => db.Outbox.Where(row => row.Topic == topic).OrderBy(row => row.Sequence).ToList())
        .ConvertAll(row => KafkaBinding.Read(Outbox.ToRecord(row).Headers, row.Value));

    public List<ExampleLabel> Labels() => Outgoing(KafkaTopics.Labelled).ConvertAll(e => EventReader.Read<ExampleLabel>(e, EventTypes.ExampleLabelled));

    public List<ExampleConsensus> Consensus() => Outgoing(KafkaTopics.Consensus).ConvertAll(e => EventReader.Read<ExampleConsensus>(e, EventTypes.ConsensusReached));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    public static ReviewRequest Who(string rater, string holder = "tab") => new() { RaterId = rater, Holder = holder };

    public static LabelRequest Says(string rater, string judgement, string? name = null, params DrawnRegion[] drawn)
        => new() { RaterId = rater, Holder = "tab", Judgement = judgement, Class = name, Drawn = drawn };
}
