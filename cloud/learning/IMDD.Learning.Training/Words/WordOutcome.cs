using IMDD.Contracts.Events;

namespace IMDD.Learning.Training.Words;

/// <summary>What became of a word.</summary>
public sealed record WordOutcome
{
    /// <summary><see cref="Refusal"/> where some old name loses too much, however high the row's threshold.</summary>
    public const string OldNamesLose = "old-names";

    /// <summary><see cref="Refusal"/> where no example gets the name with the threshold that the old names need.</summary>
    public const string NamesNothing = "names-nothing";

    /// <summary><see cref="Refusal"/> where the model has seen no word of what is said, and no region.</summary>
    public const string SaysNothing = "says-nothing";

    /// <summary>Why there is no bundle; null where there is one.</summary>
    public string? Refusal { get; init; }

    /// <summary>Digest of the new bundle's manifest; null where there is none.</summary>
    public string? BundleDigest { get; init; }

    public required string ClassId { get; init; }

    /// <summary><c>text</c> or <c>prototype</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The row's own; the highest that was tried where it is refused.</summary>
    public required double Threshold { get; init; }

    /// <summary>Pictures whose regions are in the row.</summary>
    public required int RegionsUsed { get; init; }

    /// <summary>The old names, with the row at that threshold.</summary>
    public required IReadOnlyList<NameCounts> OldNames { get; init; }

    /// <summary>The word's own defects; null where there were no examples.</summary>
    public required WordNaming? Naming { get; init; }

    public required IReadOnlyList<GateResult> Gates { get; init; }

    /// <summary>Pictures that could not be used.</summary>
    public required int PicturesNotUsed { get; init; }
}
