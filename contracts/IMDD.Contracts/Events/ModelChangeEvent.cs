using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>Makes events of <c>imdd.model.released.v1</c>. Each carries the aliases of its name, so that the last one per name is its state.</summary>
public static class ModelChangeEvent
{
    /// <summary>A release was registered.</summary>
    /// <exception cref="ArgumentException">A digest is none.</exception>
    public static CloudEvent Registered(ModelRegistered registered, EventContext context)
    {
        Check(registered.Model, registered.Aliases);
        return Build(EventTypes.ModelRegistered, registered.Model, EventId.ForModelRegistered(registered.Model.Digest), registered, context);
    }

    /// <summary>An alias moved.</summary>
    /// <exception cref="ArgumentException">A digest is none, or the alias has no name.</exception>
    public static CloudEvent Promoted(ModelPromoted promoted, EventContext context)
    {
        Check(promoted.Model, promoted.Aliases);
        EventGuard.NotEmpty(promoted.Alias, nameof(promoted.Alias));
        EventGuard.Digest(promoted.PreviousDigest, nameof(promoted.PreviousDigest));
        return Build(
            EventTypes.ModelPromoted, promoted.Model, EventId.ForModelPromoted(promoted.Model.Digest, promoted.Alias, context.RecordedTime), promoted, context);
    }

    private static void Check(ModelRelease model, IReadOnlyDictionary<string, string> aliases)
    {
        EventGuard.NotEmpty(model.Name, "Model.Name");
        EventGuard.Digest(model.Digest, "Model.Digest");
        foreach (var digest in aliases.Values)
        {
            EventGuard.Digest(digest, "Aliases");
        }
    }

    private static CloudEvent Build<T>(string type, ModelRelease model, string id, T data, EventContext context)
        => new EventBuilder(type, context).Key(model.Name).Set(CloudEventAttributes.ModelDigest, model.Digest).BuildJson(id, $"model/{model.Name}", data);
}
