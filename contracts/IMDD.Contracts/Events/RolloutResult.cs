namespace IMDD.Contracts.Events;

/// <summary>How a rollout ended on an agent; the list is open.</summary>
public static class RolloutResult
{
    public const string Success = "success";
    public const string Failure = "failure";

    /// <summary>It has not ended.</summary>
    public const string None = "none";
}
