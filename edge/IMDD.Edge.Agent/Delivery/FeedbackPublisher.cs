using System.Threading.Channels;
using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Mqtt;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>Says how far the agent is, in order; while the broker is away the steps wait, the oldest go when there are too many.</summary>
internal sealed class FeedbackPublisher(AgentIdentity identity, TimeProvider time, ILogger<FeedbackPublisher> logger)
{
    private const int MostWaiting = 256;

    private readonly Channel<(RolloutStep Step, DateTimeOffset Happened)> _steps = Channel.CreateBounded<(RolloutStep, DateTimeOffset)>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Takes a step.</summary>
    public void Say(RolloutStep step)
    {
        Log.RolloutStep(logger, step.Step, step.Model.Name, step.Model.Version, step.Model.Digest, step.Group, step.Slot, step.ReasonCode, step.Detail);
        _steps.Writer.TryWrite((step, time.GetUtcNow()));
    }

    /// <summary>Publishes until the token fires.</summary>
    public async Task RunAsync(IMqttSession session, CancellationToken cancellationToken)
    {
        await foreach (var (step, happened) in _steps.Reader.ReadAllAsync(cancellationToken))
        {
            EventContext context = new() { Source = identity.Source, Time = happened, RecordedTime = happened };
            try
            {
                await session.PublishAsync(MqttPublications.Feedback(identity.Asset, step, context).ToOutgoing(), cancellationToken);
            }
            catch (MqttPublishRefusedException e)
            {
                Log.StateRefused(logger, MqttTopics.Feedback(identity.Asset, identity.Name), e.Message);
            }
        }
    }
}
