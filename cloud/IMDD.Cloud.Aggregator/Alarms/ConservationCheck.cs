using IMDD.Cloud.Aggregator.State;

namespace IMDD.Cloud.Aggregator.Alarms;

/// <summary>
/// Holds the two ends of the conservation law against each other. On a running line they never agree at any one instant, so the question
/// is asked of the past: every frame whose receipt the camera had at one time must be on Kafka a grace time later.
/// </summary>
internal static class ConservationCheck
{
    /// <summary>Brings the check up to date; the frames missing (positive) or too many (negative), 0 in balance.</summary>
    public static long Update(CameraBootRow boot, DateTimeOffset now, TimeSpan grace)
    {
        if (boot.CheckTarget is { } target && boot.Outcomes >= target)
        {
            (boot.CheckTarget, boot.CheckSince) = (null, null);
        }

        if (boot.CheckTarget is null && boot.Returned > boot.Outcomes)
        {
            (boot.CheckTarget, boot.CheckSince) = (boot.Returned, now);
        }

        var missing = boot.CheckSince is { } since && now - since > grace ? boot.CheckTarget!.Value - boot.Outcomes : 0;

        // A report made after the last outcome, by more than the grace time, must know of all frames.
        var surplus = boot.Reported - boot.LastOutcome > grace && boot.Sent < boot.Outcomes ? boot.Outcomes - boot.Sent.Value : 0;
        boot.Imbalanced = missing > 0 || surplus > 0;
        return missing > 0 ? missing : -surplus;
    }
}
