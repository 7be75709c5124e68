using System.Collections.Concurrent;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Mqtt;
using IMDD.Testing;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>An agent, a registry's two sides (downloads over HTTP, wishes and feedback over MQTT), and a key that the agent trusts.</summary>
internal sealed class DeliveryPlant : IAsyncDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly ConcurrentQueue<RolloutStep> _steps = new();
    private readonly ConcurrentQueue<AgentState> _states = new();
    private readonly IMqttSession _session;
    private int _wishes;

    private DeliveryPlant(AgentHarness harness, TestRegistry registry)
    {
        (Harness, Registry) = (harness, registry);
        File.WriteAllText(_directory.File("release.pub"), Key.PublicPem);
        _session = harness.Session("registry");
    }

    public AgentHarness Harness { get; }

    public TestRegistry Registry { get; }

    public TestSigningKey Key { get; } = new();

    public IReadOnlyList<RolloutStep> Steps => [.. _steps];

    /// <summary>The agent's states that were heard, those of before the test's own session too.</summary>
    public IReadOnlyList<AgentState> States => [.. _states];

    /// <summary>Settings of an agent that takes models from here.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("Edge:Delivery:RegistryUrl", Registry.Url),
        ("Edge:Delivery:Trial", "00:00:00.2"),
        ("Edge:Delivery:Shadow", "00:00:00"),
        ("Edge:Delivery:RetryDelay", "00:00:00.05"),
        ("Edge:Delivery:MaxRetryDelay", "00:00:00.1"),
        ("Edge:Model:TrustedKeys:0", _directory.File("release.pub")),
        ("Edge:Model:WarmUpSizes:0", "64x48"),
    ];

    /// <summary>Brokers and registry; no agent yet.</summary>
    public static async Task<DeliveryPlant> StartAsync() => await StartAsync(await AgentHarness.StartBrokersAsync());

    /// <summary>Brokers, registry, and an agent in this process that starts with the shipped bundle.</summary>
    public static Task<DeliveryPlant> StartWithAgentAsync(params (string Key, string Value)[] settings) => StartWithAgentAsync(time: null, settings);

    /// <summary>The same with a clock of its own.</summary>
    public static async Task<DeliveryPlant> StartWithAgentAsync(TimeProvider? time, params (string Key, string Value)[] settings)
    {
        var plant = await StartAsync();
        plant.Harness.Time = time;
        await plant.StartAgentAsync(settings);
        return plant;
    }

    /// <summary>The same with mosquitto, which must be there.</summary>
    public static async Task<DeliveryPlant> StartWithAgentOverMosquittoAsync()
    {
        var plant = await StartAsync(await AgentHarness.StartMosquittoAsync());
        await plant.StartAgentAsync();
        return plant;
    }

    /// <summary>Offers a release.</summary>
    public ModelRelease Offer(
        long counter, TestSigningKey? key = null, Func<BundleManifest, BundleManifest>? change = null, string? file = null, Func<byte[], byte[]>? content = null)
    {
        var folder = _directory.File($"release-{Guid.CreateVersion7():N}");
        var release = TestRelease.Write(folder, key ?? Key, counter, change, file, content);
        Registry.Offer(folder);
        return release;
    }

    /// <summary>Offers a recipe; its digest.</summary>
    public string OfferRecipe(Recipe recipe, long counter, TestSigningKey? key = null, DateTimeOffset? expiresAt = null)
    {
        var digest = RecipeDigest.Of(recipe);
        Registry.OfferRecipe(digest, TestRecipe.Envelope(recipe, counter, key ?? Key, expiresAt));
        return digest;
    }

    /// <summary>Wishes that the agent decide by a recipe, under a release.</summary>
    /// <returns>The rollout's id.</returns>
    public Task<string> WishRecipeAsync(ModelRelease release, string digest)
        => WishAsync(release, wish => wish with { Slots = [new DesiredSlot { Model = release, RecipeDigest = digest }] });

    /// <summary>Wishes that the agent run a release.</summary>
    /// <returns>The rollout's id.</returns>
    public async Task<string> WishAsync(ModelRelease release, Func<DesiredModels, DesiredModels>? change = null, string? rolloutId = null)
    {
        DesiredModels wish = new() { Agent = "box7", RolloutId = rolloutId ?? $"r{Interlocked.Increment(ref _wishes)}", Slots = [new DesiredSlot { Model = release }] };
        wish = change is null ? wish : change(wish);
        var now = TimeProvider.System.GetUtcNow();
        EventContext context = new() { Source = EventSource.Service("registry", "main"), Time = now, RecordedTime = now };
        await _session.PublishAsync(MqttPublications.Desired(AssetPath.Parse(AgentHarness.Asset), wish, context).ToOutgoing(), CancellationToken.None);
        return wish.RolloutId;
    }

    /// <summary>Takes the wish back: its retained message is emptied.</summary>
    public Task TakeBackAsync() => _session.PublishAsync(
        new MqttOutgoing { Topic = MqttTopics.Desired(AssetPath.Parse(AgentHarness.Asset), "box7"), Retain = true }, CancellationToken.None);

    /// <summary>Sends something else in place of a wish's data.</summary>
    public Task WishRawAsync(ModelRelease release, byte[] data)
    {
        var now = TimeProvider.System.GetUtcNow();
        EventContext context = new() { Source = EventSource.Service("registry", "main"), Time = now, RecordedTime = now };
        DesiredModels wish = new() { Agent = "box7", RolloutId = "raw", Slots = [new DesiredSlot { Model = release }] };
        var message = MqttPublications.Desired(AssetPath.Parse(AgentHarness.Asset), wish, context).ToOutgoing();
        return _session.PublishAsync(message with { Payload = data }, CancellationToken.None);
    }

    /// <summary>The last step of a rollout, once it is over.</summary>
    public async Task<RolloutStep> EndAsync(string rolloutId)
    {
        await Eventually.HoldsAsync(() => Last() is not null, expression: $"the end of {rolloutId}");
        return Last()!;

        RolloutStep? Last() => _steps.LastOrDefault(step => step.RolloutId == rolloutId && step.Status is RolloutStatus.Closed or RolloutStatus.Rejected or RolloutStatus.Canceled);
    }

    /// <summary>Sends a frame and waits for its outcome.</summary>
    public async Task<InspectionOutcome> InspectAsync(string camera = "cam1")
    {
        var id = await Harness.SendAsync(TestFrames.Good(), camera);
        await Eventually.HoldsAsync(() => Harness.Outcomes().Any(outcome => outcome.FrameId == id));
        return Harness.Outcomes().First(outcome => outcome.FrameId == id);
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await Harness.DisposeAsync();
        await Registry.DisposeAsync();
        Key.Dispose();
        _directory.Dispose();
    }

    private static async Task<DeliveryPlant> StartAsync(AgentHarness harness)
    {
        DeliveryPlant plant = new(harness, await TestRegistry.StartAsync());
        await plant.ListenAsync();
        return plant;
    }

    private async Task StartAgentAsync(params (string Key, string Value)[] settings)
    {
        Harness.HasRealModel = true;
        await Harness.StartAgentAsync([.. Settings, .. settings]);
    }

    private async Task ListenAsync()
    {
        await _session.SubscribeAsync(MqttTopics.AllFeedback, (delivery, _) =>
        {
            _steps.Enqueue(ImddJson.Deserialize<RolloutStep>(delivery.Message.Payload.Span));
            delivery.Acknowledge();
            return ValueTask.CompletedTask;
        });
        await _session.SubscribeAsync(MqttTopics.AllAgentStates, (delivery, _) =>
        {
            _states.Enqueue(ImddJson.Deserialize<AgentState>(delivery.Message.Payload.Span));
            delivery.Acknowledge();
            return ValueTask.CompletedTask;
        });
        await _session.StartAsync(CancellationToken.None);
    }
}
