using System.Text.Json;

namespace IMDD.Contracts.Models;

/// <summary><c>manifest.json</c> of a model bundle: all that an agent needs to load it, and where it came from. Its SHA-256 is the model's digest.</summary>
public sealed record BundleManifest
{
    /// <summary>The schema this code writes.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>The segmenter contract this code speaks.</summary>
    public const int CurrentContractVersion = 1;

    public required int SchemaVersion { get; init; }
    public required int ContractVersion { get; init; }
    public required string Name { get; init; }
    public required string Version { get; init; }

    /// <summary>Only ever rises for a name; guards against rollback.</summary>
    public required long ReleaseCounter { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>After this it is never activated; one that is active goes on. Null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public string? MinAgentVersion { get; init; }

    /// <summary>Every other file of the bundle.</summary>
    public required IReadOnlyList<BundleFile> Files { get; init; }

    public required IReadOnlyList<BundleTensor> Inputs { get; init; }
    public required IReadOnlyList<BundleTensor> Outputs { get; init; }

    /// <summary>The image's height and width must be multiples of this; the caller pads by edge replication.</summary>
    public required int Stride { get; init; }

    /// <summary>Input pixels per output pixel, each way: <c>h = H / outputStride</c>.</summary>
    public int OutputStride { get; init; } = 1;

    public required int Opset { get; init; }

    /// <summary>What made the rows of <c>text</c>; null for a model without words.</summary>
    public TextEncoderReference? TextEncoder { get; init; }

    /// <summary>What each row of <c>text</c> means; many rows may name one class.</summary>
    public required IReadOnlyList<BundleRow> Rows { get; init; }

    public required IReadOnlyList<BundleClass> Classes { get; init; }

    /// <summary>Pixel threshold on <c>defect</c> that the bundle proposes, 0 to 1; a recipe overrides it.</summary>
    public required double PixelThreshold { get; init; }

    /// <summary>Threshold on <c>image_score</c>, 0 to 1; null where regions alone decide.</summary>
    public double? ImageThreshold { get; init; }

    /// <summary>How surely a region is a defect; null: nothing is said of that.</summary>
    public BundleRegionConfidence? RegionConfidence { get; init; }

    /// <summary>How scores were calibrated, free form.</summary>
    public JsonElement? Calibration { get; init; }

    /// <summary>How <c>image_score</c> is made, such as <c>max</c> or <c>top1%</c>.</summary>
    public string? ImageScore { get; init; }

    public BundleLineage? TrainedFrom { get; init; }

    /// <summary>Metrics on the frozen gate set; those whose names begin with <c>validation_</c> on the validation side of the training run, or of what it was calibrated by since.</summary>
    public IReadOnlyDictionary<string, double>? Metrics { get; init; }

    /// <summary>Embedding and score statistics for novelty and drift; <see cref="BundleReference"/> and whatever else a writer has.</summary>
    public JsonElement? Reference { get; init; }

    /// <summary>
    /// Classes whose verdicts are meant to be other than those of the release that it was trained from (<see cref="BundleLineage.Parent"/>): elsewhere it
    /// claims to say what that says. Null: nothing is claimed.
    /// </summary>
    public IReadOnlyList<string>? ChangedClasses { get; init; }

    /// <summary>By line, or by cell of one: the fail rate per class and the undecided rate expected, with intervals; <see cref="LinePrediction"/> and whatever else a writer has.</summary>
    public JsonElement? Predicted { get; init; }

    /// <summary>Images with the outputs expected of them; null where the bundle has none.</summary>
    public BundleProbes? Probes { get; init; }
}
