namespace IMDD.Contracts.Registry;

/// <summary>
/// A wave: who is told together, and what must hold before the next. Exactly one of <see cref="Lines"/>, <see cref="Agents"/> and
/// <see cref="Percent"/> says who; an agent of an earlier wave is not told again.
/// </summary>
public sealed record RolloutWave
{
    /// <summary>All agents of the model on these lines, <c>enterprise/site/area/line</c>; each named group of an agent's cameras counts as one.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>These agents, <c>enterprise/site/area/line/cell/agent</c>, or <c>…/agent:group</c> for a named group of its cameras.</summary>
    public IReadOnlyList<string> Agents { get; init; } = [];

    /// <summary>
    /// So much of the fleet of the model has been told when this wave has: over 0, at most 100, more than the wave before; rounded up, at least one
    /// agent more.
    /// </summary>
    public double? Percent { get; init; }

    /// <summary>True: a person approves before it is told.</summary>
    public bool ApproveBefore { get; init; }

    /// <summary>Agents of the wave that may fail; one more stops the rollout. Null without <see cref="MaxFailedPercent"/>: none may.</summary>
    public int? MaxFailed { get; init; }

    /// <summary>The same in percent of the wave's agents, 0 to 100; where both are given the first that is exceeded stops the rollout.</summary>
    public double? MaxFailedPercent { get; init; }

    /// <summary>Wait after its last agent has kept the release before the next wave begins.</summary>
    public double SoakSeconds { get; init; }
}
