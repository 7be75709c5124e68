using IMDD.Contracts.Events;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>Makes the reports of an agent.</summary>
internal static class RolloutSteps
{
    /// <summary>On the way.</summary>
    public static RolloutStep Under(string agent, string rolloutId, ModelRelease model, string step) => new()
    {
        Agent = agent,
        RolloutId = rolloutId,
        Model = model,
        Step = step,
        Status = step switch
        {
            RolloutStepWord.Scheduled => RolloutStatus.Scheduled,
            RolloutStepWord.Downloading => RolloutStatus.Download,
            RolloutStepWord.Verifying => RolloutStatus.Downloaded,
            _ => RolloutStatus.Proceeding,
        },
        Result = RolloutResult.None,
    };

    /// <summary>It decides for good.</summary>
    public static RolloutStep Committed(string agent, string rolloutId, ModelRelease model, string slot)
        => Under(agent, rolloutId, model, RolloutStepWord.Committed) with { Status = RolloutStatus.Closed, Result = RolloutResult.Success, Slot = slot };

    /// <summary>It does not decide, and will not.</summary>
    public static RolloutStep Failed(string agent, string rolloutId, ModelRelease model, string step, string reason, string detail) => Under(agent, rolloutId, model, step) with
    {
        Status = step == RolloutStepWord.Rejected ? RolloutStatus.Rejected : RolloutStatus.Closed,
        Result = RolloutResult.Failure,
        ReasonCode = reason,
        Detail = detail,
    };

    /// <summary>A newer wish has come.</summary>
    public static RolloutStep Canceled(string agent, string rolloutId, ModelRelease model)
        => Under(agent, rolloutId, model, RolloutStepWord.Canceled) with { Status = RolloutStatus.Canceled };
}
