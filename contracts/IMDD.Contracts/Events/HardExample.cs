namespace IMDD.Contracts.Events;

/// <summary>Data of <c>imdd.example.hard.v1</c>: a frame that a person should look at. Its picture is stored before this is sent.</summary>
public sealed record HardExample
{
    /// <summary>Most elements of an embedding that the event carries.</summary>
    public const int MaxEmbedding = 1024;

    public required string FrameId { get; init; }

    /// <summary><c>ce_id</c> of the frame's outcome.</summary>
    public required string OutcomeId { get; init; }

    public required string CameraId { get; init; }

    /// <summary><c>enterprise/site/area/line/cell</c>.</summary>
    public required string AssetPath { get; init; }

    /// <summary>Why, each one of <see cref="HardReason"/>.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>By reason, how much so, 0 to 1: what the queue is ordered by.</summary>
    public IReadOnlyDictionary<string, double> Scores { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>The picture, with its uri.</summary>
    public required FrameReference Frame { get; init; }

    /// <summary>What was decided.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>What the model saw, the worst first, as far as it fits.</summary>
    public IReadOnlyList<DefectRegion> Regions { get; init; } = [];

    /// <summary>The model that decided.</summary>
    public ModelReference? Model { get; init; }

    /// <summary>
    /// What the model makes of the whole picture: a unit vector of at most <see cref="MaxEmbedding"/> elements, rounded. Comparable with those of the same
    /// model digest only; null where there is none, or it is longer.
    /// </summary>
    public IReadOnlyList<double>? Embedding { get; init; }

    /// <summary>True for test parts.</summary>
    public bool Simulated { get; init; }
}
