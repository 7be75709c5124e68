using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Makes the message of <c>feedback/{agent}</c>, which the registry passes on to <c>imdd.model.rollout.v1</c>.</summary>
public static class RolloutStepEvent
{
    /// <summary>A step of an agent.</summary>
    /// <exception cref="ArgumentException">A failure without a reason, or a reason without a failure; or the digest is none.</exception>
    /// <exception cref="FormatException">The group's name breaks the rule for names.</exception>
    public static CloudEvent Create(AssetPath asset, RolloutStep step, EventContext context)
    {
        EventGuard.NotEmpty(step.RolloutId, nameof(step.RolloutId));
        EventGuard.NotEmpty(step.Step, nameof(step.Step));
        EventGuard.Digest(step.Model.Digest, "Model.Digest");
        EventGuard.Digest(step.RecipeDigest, nameof(step.RecipeDigest));
        EventGuard.That(
            (step.Result == RolloutResult.Failure) == !string.IsNullOrEmpty(step.ReasonCode),
            $"Result is {step.Result} and reasonCode '{step.ReasonCode}': expected a reason exactly for a failure.", nameof(step.ReasonCode));
        return new EventBuilder(EventTypes.RolloutStepReported, context)
            .Key(RolloutKey.Of(step.RolloutId, asset, step.Agent, step.Group))
            .Set(CloudEventAttributes.ModelDigest, step.Model.Digest)
            .BuildJson(EventId.ForRolloutStep(asset, step.Agent, step.RolloutId, step.Group, step.Step, context.RecordedTime), $"agent/{step.Agent}", step);
    }
}
