using System.Diagnostics.Metrics;
using IMDD.Contracts.Identity;
using IMDD.Edge.Agent.DeadLetters;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Edge.Agent.Publishing;
using IMDD.Edge.Agent.Telemetry;
using IMDD.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>A store and the publisher of its outbox, over a Kafka client the test commands.</summary>
internal sealed class PublisherFixture : IAsyncDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly CancellationTokenSource _stop = new();
    private readonly AgentTelemetry _telemetry;
    private readonly KafkaOutboxPublisher _publisher;
    private Task _running = Task.CompletedTask;

    public PublisherFixture(TimeSpan? blobWait = null)
    {
        _telemetry = new AgentTelemetry(_services.GetRequiredService<IMeterFactory>());
        Store = OpenStore();
        DeadLetters = _directory.File("dead-letters");
        _publisher = new KafkaOutboxPublisher(
            Store, Kafka, new DeadLetterFolder(DeadLetters, new DeadLetterOptions(), _telemetry, TimeProvider.System, NullLogger<DeadLetterFolder>.Instance),
            blobWait ?? TimeSpan.FromMinutes(5), CrashPoints.None, _telemetry, TimeProvider.System, NullLogger<KafkaOutboxPublisher>.Instance);
    }

    public FakeKafkaPublisher Kafka { get; } = new();

    public OutcomeStore Store { get; }

    public string DeadLetters { get; }

    public void Start() => _running = _publisher.RunAsync(_stop.Token);

    /// <summary>Returns when the outcome is durable, and so in the backlog.</summary>
    public async Task AppendAsync(OutcomeDraft draft)
    {
        Store.Writer.Enqueue(new AppendOutcome(draft, CrashPoints.None, _ => { }));
        await Store.Writer.FlushAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        using (CancellationTokenSource limit = new(TimeSpan.FromSeconds(1)))
        {
            await _publisher.DrainAsync(limit.Token);
        }

        Store.Dispose();
        _telemetry.Dispose();
        await _services.DisposeAsync();
        _stop.Dispose();
        _directory.Dispose();
    }

    private OutcomeStore OpenStore() => OutcomeStore.Open(
        new StoreOptions { Directory = _directory.File("store") }, EventSource.Agent(AssetPath.Parse(AgentHarness.Asset), "box7"), TimeProvider.System,
        NullLogger.Instance);
}
