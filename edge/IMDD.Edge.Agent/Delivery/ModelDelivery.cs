using System.Text.Json;
using IMDD.Contracts;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Telemetry;
using IMDD.Messaging.Mqtt;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>
/// Takes what is desired of the agent, one message for all groups of its cameras, and gives each group what is meant for it. A slot that is for none is
/// answered, and the others are followed.
/// </summary>
internal sealed class ModelDelivery(
    AgentIdentity identity,
    DeliveryOptions options,
    CameraGroups groups,
    IReadOnlyList<GroupDelivery> deliveries,
    FeedbackPublisher feedback,
    AgentTelemetry telemetry,
    TimeProvider time,
    ILogger<ModelDelivery> logger) : IDisposable
{
    /// <summary>The topic of what is desired of this agent.</summary>
    public string Filter { get; } = MqttTopics.Desired(identity.Asset, identity.Name);

    /// <summary>True where models come from the registry.</summary>
    public bool IsOn => options.IsOn;

    /// <summary>What follows the wishes, by group.</summary>
    public IReadOnlyList<GroupDelivery> Groups => deliveries;

    /// <summary>Takes a message. A group that it has nothing for has had its wish taken back, and an empty one takes back all.</summary>
    public ValueTask HandleAsync(IMqttDelivery delivery, CancellationToken cancellationToken)
    {
        var message = delivery.Message;
        try
        {
            if (message.Payload.IsEmpty)
            {
                Take([]);
            }
            else if (message.Payload.Length <= ImddJson.MaxEventBytes)
            {
                var wish = EventReader.Read<DesiredModels>(
                    MqttBinding.Read(message.UserProperties, message.ContentType, message.Payload.ToArray()), EventTypes.RolloutRequested);
                Check(wish);
                Take(wish);
            }
        }
        catch (Exception e) when (e is CloudEventFormatException or JsonException or ArgumentException or FormatException)
        {
            Log.WishMalformed(logger, message.Topic, e.Message);
        }
        finally
        {
            delivery.Acknowledge();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>What could not be answered must not be taken: a wish is good where whoever sends one could have made it.</summary>
    /// <exception cref="ArgumentException">It has no slot, or a digest that is none, or is another agent's.</exception>
    private void Check(DesiredModels wish)
    {
        var now = time.GetUtcNow();
        EventContext context = new() { Source = identity.Source, Time = now, RecordedTime = now };
        _ = DesiredModelsEvent.Create(identity.Asset, wish, context);
        if (wish.Agent != identity.Name)
        {
            throw new ArgumentException($"It is for agent '{Excerpt.Of(wish.Agent)}'.", nameof(wish));
        }

        foreach (var slot in wish.Slots)
        {
            _ = RolloutStepEvent.Create(
                identity.Asset, RolloutSteps.Under(identity.Name, slot.RolloutId ?? wish.RolloutId, slot.Model, RolloutStepWord.Scheduled) with { Group = slot.Group }, context);
        }
    }

    private void Take(DesiredModels message)
    {
        var slots = message.Slots.Select(slot => (Slot: slot, Group: Find(slot))).ToList();
        var wishes = slots.Where(found => found.Group is not null).GroupBy(found => found.Group!, found => found.Slot).Where(group => group.Count() == 1)
            .ToDictionary(group => group.Key, group => GroupWish.Of(message, group.Single()));
        Take(wishes);
        foreach (var (slot, group) in slots.Where(found => found.Group is null || !wishes.ContainsKey(found.Group)))
        {
            Refuse(GroupWish.Of(message, slot), slot, group is null ? Expected() : "Two slots are for the same group of cameras.");
        }
    }

    private void Take(Dictionary<CameraGroup, GroupWish> wishes)
    {
        foreach (var delivery in deliveries)
        {
            if (wishes.TryGetValue(delivery.Group, out var wish))
            {
                delivery.Take(wish);
            }
            else
            {
                delivery.TakeBack();
            }
        }
    }

    private CameraGroup? Find(DesiredSlot slot)
    {
        if (slot is { Group: null, Cameras.Count: 0 })
        {
            return groups.HasRest ? groups.Rest : null;
        }

        return groups.All.FirstOrDefault(group => (slot.Group is null || slot.Group == group.Name) && (slot.Cameras.Count == 0 || IsOf(group, slot.Cameras)));
    }

    /// <summary>True for exactly the cameras of a named group; for the rest, where those of them that the agent has are all of the rest's, and no others.</summary>
    private bool IsOf(CameraGroup group, IReadOnlyList<string> cameras) => group.Name is not null
        ? group.Cameras.ToHashSet(StringComparer.Ordinal).SetEquals(cameras)
        : group.Cameras.Count > 0 && group.Cameras.All(cameras.Contains) && groups.All.All(other => other == group || !other.Cameras.Any(cameras.Contains));

    private void Refuse(GroupWish wish, DesiredSlot slot, string detail)
    {
        var refused = RolloutSteps.Failed(identity.Name, wish.RolloutId, wish.Model, RolloutStepWord.Rejected, RolloutReason.Unsupported, detail) with { Group = slot.Group };
        feedback.Say(refused);
        telemetry.RolloutEnded(refused.Step, refused.ReasonCode);
    }

    private string Expected() => groups.Named.Count == 0
        ? "This agent runs one model for all of its cameras."
        : "This agent has no such group of cameras: expected "
            + string.Join(", ", groups.All.Select(group => $"{group.Name ?? "no name"} ({string.Join(", ", group.Cameras)})")) + ".";

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var delivery in deliveries)
        {
            delivery.Dispose();
        }
    }
}
