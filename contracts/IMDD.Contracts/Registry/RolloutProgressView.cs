using IMDD.Contracts.Events;

namespace IMDD.Contracts.Registry;

/// <summary>A rollout by waves and how far it is.</summary>
public sealed record RolloutProgressView
{
    /// <summary>Of every wish that it tells.</summary>
    public required string RolloutId { get; init; }

    /// <summary>What it gives out; null: a recipe.</summary>
    public ModelRelease? Model { get; init; }

    /// <summary>The recipe that it gives out; null: a model.</summary>
    public RecipeReference? Recipe { get; init; }

    /// <summary>One of <see cref="RolloutStateWord"/>.</summary>
    public required string State { get; init; }

    /// <summary>Why it was stopped, paused or taken back.</summary>
    public string? Cause { get; init; }

    /// <summary>Waves that have begun; 0: none.</summary>
    public required int WavesBegun { get; init; }

    public required IReadOnlyList<RolloutWaveView> Waves { get; init; }

    public InstallWindow? Install { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public string? StartedBy { get; init; }
    public string? Reason { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Who did what was done to it last; null: it went on by itself.</summary>
    public string? ChangedBy { get; init; }
}
