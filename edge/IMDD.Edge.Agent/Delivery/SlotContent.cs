using IMDD.Contracts.Events;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>What lies in a slot.</summary>
/// <param name="Model">The release.</param>
/// <param name="IsConfigured">True: the bundle of the configuration; false: one that was delivered, in the slot's folder.</param>
/// <param name="HasDecided">True once frames have been decided by it.</param>
/// <param name="ExpiresAt">After this it is not activated; null: never.</param>
internal sealed record SlotContent(ModelRelease Model, bool IsConfigured, bool HasDecided, DateTimeOffset? ExpiresAt = null)
{
    /// <summary>The bundle of the configuration, which decides.</summary>
    public static SlotContent Configured(string name, string version, string digest) => new(new ModelRelease(name, version, digest, 0), IsConfigured: true, HasDecided: true);
}
