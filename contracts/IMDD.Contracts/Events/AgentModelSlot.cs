namespace IMDD.Contracts.Events;

/// <summary>What lies in one of an agent's two places for a model.</summary>
/// <param name="Slot"><c>A</c> or <c>B</c>.</param>
/// <param name="State">One of <see cref="AgentSlotState"/>.</param>
/// <param name="Model">The release.</param>
/// <param name="Expired">True: past its <c>expiresAt</c>. One that is active goes on.</param>
public sealed record AgentModelSlot(string Slot, string State, ModelRelease Model, bool Expired = false);
