using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Makes events of <c>imdd.example.consensus.v1</c>.</summary>
public static class ExampleConsensusEvent
{
    /// <summary>What is agreed of a picture.</summary>
    /// <exception cref="ArgumentException">No revision, or verdict, state and regions contradict each other.</exception>
    public static CloudEvent Create(ExampleConsensus consensus, EventContext context)
    {
        EventGuard.That(consensus.Revision >= 1, $"Revision is {consensus.Revision}: expected at least 1.", nameof(consensus.Revision));
        EventGuard.NotEmpty(consensus.State, nameof(consensus.State));
        EventGuard.That(
            consensus.State != ConsensusState.Agreed || consensus.Verdict is Verdict.Pass or Verdict.Fail,
            $"State is agreed and verdict {consensus.Verdict}: expected pass or fail.", nameof(consensus.Verdict));
        ExampleGuard.Check(consensus.Frame, consensus.Verdict, consensus.Regions);
        return new EventBuilder(EventTypes.ConsensusReached, context)
            .Key(consensus.Frame.Digest)
            .Set(CloudEventAttributes.FrameDigest, consensus.Frame.Digest)
            .BuildJson(EventId.ForConsensus(consensus.Frame.Digest, consensus.Revision), consensus.CameraId, consensus);
    }
}
