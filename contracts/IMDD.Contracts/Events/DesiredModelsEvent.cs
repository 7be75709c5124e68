using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Makes the message of <c>desired/{agent}</c>, which also goes to <c>imdd.model.rollout.v1</c>.</summary>
public static class DesiredModelsEvent
{
    /// <summary>What an agent is to run.</summary>
    /// <exception cref="ArgumentException">No slot, a camera in two of them, a digest that is none, or a window that ends before it begins.</exception>
    public static CloudEvent Create(AssetPath asset, DesiredModels desired, EventContext context)
    {
        EventGuard.NotEmpty(desired.RolloutId, nameof(desired.RolloutId));
        EventGuard.That(desired.Slots.Count > 0, "There is no slot: expected at least one.", nameof(desired.Slots));
        var cameras = desired.Slots.SelectMany(slot => slot.Cameras).ToList();
        EventGuard.That(cameras.Distinct(StringComparer.Ordinal).Count() == cameras.Count, "A camera is in two slots.", nameof(desired.Slots));
        EventGuard.That(
            desired.Install is not { NotBefore: { } from, NotAfter: { } until } || from < until, "The window ends before it begins.", nameof(desired.Install));
        foreach (var slot in desired.Slots)
        {
            EventGuard.Digest(slot.Model.Digest, "Model.Digest");
            EventGuard.Digest(slot.RecipeDigest, nameof(slot.RecipeDigest));
        }

        return new EventBuilder(EventTypes.RolloutRequested, context)
            .Key(RolloutKey.Of(desired.RolloutId, asset, desired.Agent))
            .Set(CloudEventAttributes.ModelDigest, desired.Slots[0].Model.Digest)
            .BuildJson(EventId.ForDesired(asset, desired.Agent, desired.RolloutId), $"agent/{desired.Agent}", desired);
    }
}
