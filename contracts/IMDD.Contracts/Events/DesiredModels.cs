namespace IMDD.Contracts.Events;

/// <summary>Data of <c>desired/{agent}</c>, retained: the release that each group of an agent's cameras is to be inspected by.</summary>
public sealed record DesiredModels
{
    public required string Agent { get; init; }

    /// <summary>
    /// Names this wish; every feedback carries it. Another wish has another, and an agent that has refused one refuses it for good. A slot may have
    /// one of its own: where it is the same as in the message before, the wish for that group is the same.
    /// </summary>
    public required string RolloutId { get; init; }

    /// <summary>One for each group of cameras; a camera is in at most one. A group that has none any more has had its wish taken back.</summary>
    public required IReadOnlyList<DesiredSlot> Slots { get; init; }

    /// <summary>When it may be installed; it is fetched and checked at once all the same. Null: at once.</summary>
    public InstallWindow? Install { get; init; }
}
