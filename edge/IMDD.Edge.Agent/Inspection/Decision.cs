using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Examples;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>What was decided about a frame, before it is an event.</summary>
internal sealed record Decision
{
    public required Verdict Verdict { get; init; }

    /// <summary>One of <see cref="UndecidedReason"/>, exactly when undecided.</summary>
    public string? Reason { get; init; }

    public string? Detail { get; init; }
    public double? ImageScore { get; init; }
    public ModelReference? Model { get; init; }

    /// <summary>Regions, the worst first; tolerated ones among them.</summary>
    public IReadOnlyList<DefectRegion> Regions { get; init; } = [];

    /// <summary>Regions beyond the largest number that is listed.</summary>
    public int RegionsOmitted { get; init; }

    /// <summary>How hard the frame was; null where no model saw it.</summary>
    public Hardness? Hardness { get; init; }

    /// <summary>An undecided frame.</summary>
    public static Decision Undecided(string reason, string? detail, ModelReference? model = null)
        => new() { Verdict = Verdict.Undecided, Reason = reason, Detail = detail, Model = model };
}
