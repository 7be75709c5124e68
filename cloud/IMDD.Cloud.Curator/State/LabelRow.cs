namespace IMDD.Cloud.Curator.State;

/// <summary>A word of a person, never changed.</summary>
public sealed class LabelRow
{
    public long Sequence { get; init; }
    public required string Digest { get; init; }
    public required string OutcomeId { get; init; }
    public required string Rater { get; init; }
    public required long Revision { get; init; }
    public required string Judgement { get; init; }

    /// <summary><c>pass</c>, <c>fail</c> or <c>undecided</c>.</summary>
    public required string Verdict { get; init; }

    /// <summary>Names of its defects, each once, in order, with commas.</summary>
    public required string Names { get; init; }

    /// <summary>True where the person was not shown what the model and others had said.</summary>
    public bool Blind { get; init; }

    /// <summary>What the model had said: <c>pass</c>, <c>fail</c> or <c>undecided</c>; null on rows of before.</summary>
    public string? Outcome { get; init; }

    /// <summary>JSON of the label.</summary>
    public required string Data { get; init; }

    /// <summary>True for the last word of this person on this picture, unless it was taken back.</summary>
    public bool Standing { get; set; }

    public required DateTimeOffset Time { get; init; }
}
