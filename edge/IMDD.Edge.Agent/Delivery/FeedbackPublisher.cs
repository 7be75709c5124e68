using System.Threading.Channels;
using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Mqtt;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>
/// Says how far the agent is, in order. While the broker is away the steps wait: how far a group's download is replaces what was said of that before, and
/// when there are too many the oldest go, the last words on a wish last.
/// </summary>
internal sealed class FeedbackPublisher(AgentIdentity identity, TimeProvider time, ILogger<FeedbackPublisher> logger)
{
    private const int MostWaiting = 256;

    private readonly Lock _lock = new();
    private readonly List<(RolloutStep Step, DateTimeOffset Happened)> _waiting = [];
    private readonly Channel<bool> _ready = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Takes a step.</summary>
    public void Say(RolloutStep step)
    {
        Log.RolloutStep(logger, step.Step, step.Model.Name, step.Model.Version, step.Model.Digest, step.Group, step.Slot, step.ReasonCode, step.Detail);
        lock (_lock)
        {
            if (IsProgress(step))
            {
                _waiting.RemoveAll(other => IsProgress(other.Step) && other.Step.Group == step.Group);
            }

            if (_waiting.Count == MostWaiting)
            {
                _waiting.RemoveAt(Math.Max(_waiting.FindIndex(other => !IsLastWord(other.Step)), 0));
            }

            _waiting.Add((step, time.GetUtcNow()));
        }

        _ready.Writer.TryWrite(true);
    }

    /// <summary>Publishes until the token fires.</summary>
    public async Task RunAsync(IMqttSession session, CancellationToken cancellationToken)
    {
        await foreach (var _ in _ready.Reader.ReadAllAsync(cancellationToken))
        {
            while (TryTake() is { } next)
            {
                await PublishAsync(session, next.Step, next.Happened, cancellationToken);
            }
        }
    }

    private async Task PublishAsync(IMqttSession session, RolloutStep step, DateTimeOffset happened, CancellationToken cancellationToken)
    {
        try
        {
            EventContext context = new() { Source = identity.Source, Time = happened, RecordedTime = happened };
            await session.PublishAsync(MqttPublications.Feedback(identity.Asset, step, context).ToOutgoing(), cancellationToken);
        }
        catch (Exception e) when (e is MqttPublishRefusedException or ArgumentException or FormatException or EventTooLargeException)
        {
            // One step that cannot be said must not keep the others from being said, nor the line from going on.
            Log.StateRefused(logger, MqttTopics.Feedback(identity.Asset, identity.Name), e.Message);
        }
    }

    private (RolloutStep Step, DateTimeOffset Happened)? TryTake()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                return null;
            }

            var next = _waiting[0];
            _waiting.RemoveAt(0);
            return next;
        }
    }

    private static bool IsProgress(RolloutStep step) => step.DoneBytes is not null;

    private static bool IsLastWord(RolloutStep step) => step.Status is RolloutStatus.Closed or RolloutStatus.Rejected or RolloutStatus.Canceled;
}
