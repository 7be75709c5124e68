namespace IMDD.Edge.Agent.Delivery;

/// <summary>A release decides and may still be taken out again.</summary>
/// <param name="RolloutId">The wish that it came by.</param>
/// <param name="Starts">Starts of the process since.</param>
internal sealed record SlotTrial(string RolloutId, int Starts);
