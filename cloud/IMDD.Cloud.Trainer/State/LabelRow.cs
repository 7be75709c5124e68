namespace IMDD.Cloud.Trainer.State;

/// <summary>What is agreed of a picture, in its newest revision.</summary>
public sealed class LabelRow
{
    public required string Digest { get; init; }
    public required long Revision { get; init; }

    /// <summary>One of the contract's consensus states; only what is agreed is learned from.</summary>
    public required string State { get; init; }

    /// <summary>Rises with every change of any row: what is above a snapshot's is new.</summary>
    public required long Sequence { get; init; }

    /// <summary>Classes of its defects, each once, separated by line feeds.</summary>
    public required string Classes { get; init; }

    /// <summary>JSON of the consensus; null unless it is agreed.</summary>
    public string? Data { get; init; }

    public required DateTimeOffset Changed { get; init; }
}
