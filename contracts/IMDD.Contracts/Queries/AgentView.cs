using IMDD.Contracts.Events;

namespace IMDD.Contracts.Queries;

/// <summary>The last known state of an edge agent.</summary>
/// <param name="AssetPath"><c>enterprise/site/area/line/cell</c>.</param>
/// <param name="State">What the agent, or its will, said.</param>
/// <param name="ChangedAt">When that was recorded.</param>
public sealed record AgentView(string AssetPath, AgentState State, DateTimeOffset ChangedAt);
