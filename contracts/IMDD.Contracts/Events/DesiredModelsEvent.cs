using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Makes the message of <c>desired/{agent}</c>, which also goes to <c>imdd.model.rollout.v1</c>.</summary>
public static class DesiredModelsEvent
{
    /// <summary>It becomes part of the keys of what is answered.</summary>
    private const int MaxRolloutId = 1024;

    private const int MaxSlots = 16;

    /// <summary>What an agent is to run.</summary>
    /// <exception cref="ArgumentException">
    /// No slot or too many, a group without cameras, a group or a camera in two of them, two for the rest of the cameras, a digest or a rollout id that is none, a recipe beside the configured one,
    /// or a window that ends before it begins.
    /// </exception>
    /// <exception cref="FormatException">A group's name breaks the rule for names.</exception>
    public static CloudEvent Create(AssetPath asset, DesiredModels desired, EventContext context)
    {
        CheckRolloutId(desired.RolloutId);
        EventGuard.That(desired.Slots.Count is > 0 and <= MaxSlots, $"There are {desired.Slots.Count} slots: expected 1 to {MaxSlots}.", nameof(desired.Slots));
        var cameras = desired.Slots.SelectMany(slot => slot.Cameras).ToList();
        EventGuard.That(cameras.Distinct(StringComparer.Ordinal).Count() == cameras.Count, "A camera is in two slots.", nameof(desired.Slots));
        var groups = desired.Slots.Select(slot => slot.Group).OfType<string>().Select(NamePart.Checked).ToList();
        EventGuard.That(groups.Distinct(StringComparer.Ordinal).Count() == groups.Count, "A group has two slots.", nameof(desired.Slots));
        EventGuard.That(
            desired.Slots.Count(slot => slot is { Group: null, Cameras.Count: 0 }) <= 1, "The cameras that are in no group have two slots.", nameof(desired.Slots));
        CheckWindow(desired.Install);
        foreach (var slot in desired.Slots)
        {
            EventGuard.Digest(slot.Model.Digest, "Model.Digest");
            EventGuard.Digest(slot.RecipeDigest, nameof(slot.RecipeDigest));
            EventGuard.That(
                !slot.ConfiguredRecipe || slot.RecipeDigest is null, "A slot names a recipe and asks for the configured one: expected one of the two.", nameof(slot.ConfiguredRecipe));
            EventGuard.That(
                slot.Group is null || slot.Cameras.Count > 0,
                $"The slot of group '{slot.Group}' has no cameras: expected those of the group, or an agent that knows no groups takes it for all cameras.", nameof(slot.Cameras));
            if (slot.RolloutId is not null)
            {
                CheckRolloutId(slot.RolloutId);
            }

            CheckWindow(slot.Install);
        }

        return new EventBuilder(EventTypes.RolloutRequested, context)
            .Key(RolloutKey.Of(desired.RolloutId, asset, desired.Agent))
            .Set(CloudEventAttributes.ModelDigest, desired.Slots[0].Model.Digest)
            .BuildJson(EventId.ForDesired(asset, desired.Agent, desired.RolloutId, Wishes(desired)), $"agent/{desired.Agent}", desired);
    }

    /// <summary>What the slots are told apart by; empty where the message's own id says it all.</summary>
    private static IEnumerable<string> Wishes(DesiredModels desired)
        => desired.Slots.All(slot => slot is { Group: null, RolloutId: null })
            ? []
            : desired.Slots.Select(slot => $"{slot.Group ?? string.Join(',', slot.Cameras)}\n{slot.RolloutId ?? desired.RolloutId}");

    private static void CheckRolloutId(string rolloutId) => EventGuard.That(
        rolloutId is { Length: > 0 and <= MaxRolloutId } && CloudEventText.IsAttributeValue(rolloutId),
        $"RolloutId is '{Excerpt.Of(rolloutId)}': expected 1 to {MaxRolloutId} characters, none of them a control character.", nameof(DesiredModels.RolloutId));

    private static void CheckWindow(InstallWindow? install)
        => EventGuard.That(install is not { NotBefore: { } from, NotAfter: { } until } || from < until, "The window ends before it begins.", nameof(DesiredModels.Install));
}
