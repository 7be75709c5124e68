using IMDD.Learning.Training.Models;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>A model as a bundle.</summary>
internal sealed record FoundationBundleResult
{
    public required string Configuration { get; init; }

    public required bool Half { get; init; }

    /// <summary>Whether it was made from a checkpoint, a tensor at a time; graph and network are not compared then, but the graph as written and as optimised.</summary>
    public required bool IsStreamed { get; init; }

    public required long BundleBytes { get; init; }

    /// <summary>Largest error of a number over the whole path in 32 bits, graph against network, relative above 1.</summary>
    public required double LargestError { get; init; }

    /// <summary>Goals. A graph that was made without the network is compared with no network, and one in 16 bits is held to another goal.</summary>
    public IReadOnlyList<BenchCheck> Checks => [new("parity_error", FoundationBundle.Agreement, IsStreamed || Half ? null : LargestError)];

    /// <summary>Largest share of whole numbers that differ.</summary>
    public required double LargestDifferingShare { get; init; }

    /// <summary>Building the network, exporting, comparing, writing.</summary>
    public required double ExportSeconds { get; init; }

    /// <summary>Highest memory until graph and weights were on the disk, beyond what the process held before; null where they came from a network.</summary>
    public required long? WritePeakBytes { get; init; }

    /// <summary>Highest memory of that, beyond what the process held before.</summary>
    public required long ExportPeakBytes { get; init; }

    /// <summary>Opening the bundle, loading the graph, its own probe.</summary>
    public required double LoadSeconds { get; init; }

    public required int FrameSide { get; init; }

    /// <summary>Largest minus smallest defect score in the frame: a model that says the same everywhere would agree with anything.</summary>
    public required float DefectSpread { get; init; }

    /// <summary>A warm run of one frame.</summary>
    public required double FrameMs { get; init; }
}
