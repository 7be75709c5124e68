namespace IMDD.Edge.Agent;

/// <summary>What happens to a camera's frames when its queue is full. A frame that is skipped ends as <c>undecided/overload</c>.</summary>
public enum OverloadPolicy
{
    /// <summary>Take no more: the broker and the camera gateway's spool hold the rest. For lines that can wait.</summary>
    Block,

    /// <summary>Skip the frame that has waited longest. For lines where only the present part matters.</summary>
    SkipOldest,

    /// <summary>Skip the frame that has just come.</summary>
    SkipNewest,
}
