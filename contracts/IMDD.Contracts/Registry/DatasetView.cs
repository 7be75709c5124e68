namespace IMDD.Contracts.Registry;

/// <summary>What a model was trained and judged on, as far as the registry has it, and one page of its frames.</summary>
public sealed record DatasetView
{
    /// <summary>Digest of the snapshot's manifest, which is a blob of the registry.</summary>
    public required string Digest { get; init; }

    /// <summary>The training run that it was made for.</summary>
    public required string Run { get; init; }

    /// <summary>Labelled frames that were learned from.</summary>
    public required int TrainFrames { get; init; }

    /// <summary>Labelled frames that were judged by.</summary>
    public required int GateFrames { get; init; }

    /// <summary>Further data sets of the gate.</summary>
    public IReadOnlyList<string> GateData { get; init; } = [];

    /// <summary>Data sets that were learned from again.</summary>
    public IReadOnlyList<string> Replay { get; init; } = [];

    /// <summary>By digest, in order.</summary>
    public required IReadOnlyList<DatasetFrame> Frames { get; init; }

    /// <summary>True when there are frames after these: ask with <c>after</c> the last one's digest.</summary>
    public bool HasMore { get; init; }
}
