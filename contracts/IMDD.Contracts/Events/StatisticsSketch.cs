namespace IMDD.Contracts.Events;

/// <summary>What some frames looked like, in bounded space: histograms, counts, and a few embeddings drawn at random.</summary>
public sealed record StatisticsSketch
{
    /// <summary>Most embeddings.</summary>
    public const int MaxEmbeddings = 64;

    /// <summary>Most numbers in all embeddings together: two sketches must fit into an event.</summary>
    public const int MaxEmbeddingNumbers = 8192;

    /// <summary>Most names of <see cref="Verdicts"/> and of <see cref="Classes"/>; the rest counts as <see cref="OtherName"/>.</summary>
    public const int MaxNames = 64;

    /// <summary>Name of a frame without a region.</summary>
    public const string NoClass = "none";

    /// <summary>Name of whatever is beyond <see cref="MaxNames"/>.</summary>
    public const string OtherName = "other";

    /// <summary>Frames that were measured, at least 1.</summary>
    public required long Frames { get; init; }

    /// <summary>Edges of the histograms: <see cref="StatisticBins.Version"/> of the writer.</summary>
    public required int BinsVersion { get; init; }

    /// <summary>By <see cref="StatisticName"/>, frames per bin.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<long>> Histograms { get; init; }

    /// <summary>Frames by verdict; empty where nothing was decided.</summary>
    public IReadOnlyDictionary<string, long> Verdicts { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Frames by the class of the worst region, <see cref="NoClass"/> where there is none; empty where nothing was decided.</summary>
    public IReadOnlyDictionary<string, long> Classes { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Embeddings of frames drawn evenly from all of them, each a unit vector, rounded; comparable within one model digest only.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Embeddings { get; init; } = [];
}
