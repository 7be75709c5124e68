namespace IMDD.Edge.Agent.Delivery;

/// <summary>A release that is checked, watches or is loaded beside the one that decides.</summary>
/// <param name="RolloutId">The wish that it came by.</param>
/// <param name="Deaths">How often the process has ended meanwhile.</param>
internal sealed record SlotCandidate(string RolloutId, int Deaths);
