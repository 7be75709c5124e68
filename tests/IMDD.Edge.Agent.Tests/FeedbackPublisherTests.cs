using System.Globalization;
using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Delivery;
using IMDD.Messaging.Mqtt;
using Microsoft.Extensions.Logging.Abstractions;

namespace IMDD.Edge.Agent.Tests;

/// <summary>What waits to be said while the broker is away.</summary>
public sealed class FeedbackPublisherTests
{
    private static readonly ModelRelease Release = new("trial", "1.0.0", "sha256:" + new string('1', 64), 1);

    [Fact]
    public async Task Say_ProgressOfAGroup_ReplacesThatGroupsOnly()
    {
        var said = await SaidAsync([
            Step("a", "top"), Progress("a", "top", 1), Progress("b", "seam", 1), Progress("c", null, 1), Progress("a", "top", 2), Progress("a", "top", 3), Last("a", "top")]);

        said.Select(step => (step.RolloutId, step.DoneBytes)).ShouldBe([("a", null), ("b", 1), ("c", 1), ("a", 3), ("a", null)]);
    }

    [Fact]
    public async Task Say_MoreThanMayWait_KeepsTheLastWords()
    {
        var said = await SaidAsync([Last("a", "top"), .. Enumerable.Range(0, 300).Select(i => Step(i.ToString(CultureInfo.InvariantCulture), "seam")), Last("b", null)]);

        said.Count.ShouldBe(256);
        (said[0].RolloutId, said[1].RolloutId, said[^1].RolloutId).ShouldBe(("a", "46", "b"));
    }

    [Fact]
    public async Task Say_StepThatCannotBeWritten_IsLeftOutAndTheOthersAreSaid()
        => (await SaidAsync([Step(new string('r', 5000), "top"), Step("a", "No Name"), Step("b", "top") with { Model = Release with { Digest = "none" } }, Last("c", "top")]))
            .Select(step => step.RolloutId).ShouldBe(["c"]);

    private static async Task<List<RolloutStep>> SaidAsync(IEnumerable<RolloutStep> steps)
    {
        FeedbackPublisher publisher = new(
            new AgentIdentity(new AgentOptions { Asset = "acme/ulm/paint/line2/cell3", Name = "box7" }, TimeProvider.System), TimeProvider.System, NullLogger<FeedbackPublisher>.Instance);
        foreach (var step in steps)
        {
            publisher.Say(step);
        }

        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using Broker broker = new(last: steps.Last().RolloutId, stop);
        await Should.ThrowAsync<OperationCanceledException>(() => publisher.RunAsync(broker, stop.Token));
        return broker.Said;
    }

    private static RolloutStep Step(string rolloutId, string? group) => RolloutSteps.Under("box7", rolloutId, Release, RolloutStepWord.Downloading) with { Group = group };

    private static RolloutStep Progress(string rolloutId, string? group, long bytes) => Step(rolloutId, group) with { DoneBytes = bytes, TotalBytes = 9 };

    private static RolloutStep Last(string rolloutId, string? group) => RolloutSteps.Committed("box7", rolloutId, Release, "B") with { Group = group };

    /// <summary>Takes everything until the last word on one rollout.</summary>
    private sealed class Broker(string last, CancellationTokenSource stop) : IMqttSession
    {
        public event Action<MqttSessionEvent>? StateChanged
        {
            add { }
            remove { }
        }

        public List<RolloutStep> Said { get; } = [];

        public bool IsConnected => true;

        public Task SubscribeAsync(string topicFilter, Func<IMqttDelivery, CancellationToken, ValueTask> handler, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task PublishAsync(MqttOutgoing message, CancellationToken cancellationToken)
        {
            var step = ImddJson.Deserialize<RolloutStep>(message.Payload.Span);
            Said.Add(step);
            if (step.RolloutId == last && step.Result == RolloutResult.Success)
            {
                await stop.CancelAsync();
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
