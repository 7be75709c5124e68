namespace IMDD.Cloud.Curator.State;

/// <summary>A name of a defect.</summary>
public sealed class TermRow
{
    public required string Class { get; init; }

    /// <summary>True while no model has used it.</summary>
    public bool Proposed { get; set; }

    /// <summary>Standing labels that use it.</summary>
    public long Uses { get; set; }

    public string? ProposedBy { get; init; }
}
