using IMDD.Contracts.Events;

namespace IMDD.Contracts.Registry;

/// <summary>What was told to whom.</summary>
public sealed record RolloutView
{
    public required string RolloutId { get; init; }
    public required ModelRelease Model { get; init; }

    /// <summary>The alias that moved.</summary>
    public required string Alias { get; init; }

    /// <summary>Agents that are told, <c>enterprise/site/area/line/cell/agent</c> or <c>…/agent:group</c>.</summary>
    public required IReadOnlyList<string> Agents { get; init; }
}
