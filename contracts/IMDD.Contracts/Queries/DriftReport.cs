namespace IMDD.Contracts.Queries;

/// <summary>How far a camera's frames are from their reference, window by window.</summary>
public sealed record DriftReport
{
    /// <summary><c>enterprise/site/area/line/cell/camera</c>.</summary>
    public required string Camera { get; init; }

    /// <summary>The model that saw them; another model begins a reference of its own.</summary>
    public required string ModelDigest { get; init; }

    /// <summary>Frames of the camera's own reference.</summary>
    public required long ReferenceFrames { get; init; }

    /// <summary>Frames that the camera's own reference takes before anything is compared with it.</summary>
    public required long ReferenceNeeded { get; init; }

    /// <summary>Statistics whose reference is the model bundle's, not the camera's own.</summary>
    public required IReadOnlyList<string> FromBundle { get; init; }

    /// <summary>Population stability index from which a statistic is worth a look.</summary>
    public required double WatchLevel { get; init; }

    /// <summary>Population stability index from which it counts as drifted.</summary>
    public required double DriftLevel { get; init; }

    /// <summary>Squared maximum mean discrepancy from which the embeddings count as drifted.</summary>
    public required double EmbeddingLevel { get; init; }

    /// <summary>Statistics whose drift alarm stands.</summary>
    public required IReadOnlyList<string> Drifted { get; init; }

    /// <summary>Compared windows, oldest first.</summary>
    public required IReadOnlyList<DriftWindow> Windows { get; init; }
}
