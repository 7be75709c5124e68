using IMDD.Contracts.Events;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>What lies in a slot.</summary>
/// <param name="Model">The release.</param>
/// <param name="IsConfigured">True: the bundle of the configuration; false: one that was delivered, in the slot's folder.</param>
/// <param name="HasDecided">True once frames have been decided by it.</param>
/// <param name="ExpiresAt">After this it is not activated; null: never.</param>
internal sealed record SlotContent(ModelRelease Model, bool IsConfigured, bool HasDecided, DateTimeOffset? ExpiresAt = null);
