using System.Text.Json.Serialization;
using IMDD.Contracts.Models;
using IMDD.Learning.Networks;

namespace IMDD.Learning.Training.Models;

/// <summary>How logits become probabilities and decisions, found on the validation side (Platt 1999).</summary>
public sealed record EdgeCalibration
{
    /// <summary>A network whose logits are taken as they are.</summary>
    public static EdgeCalibration None { get; } = new();

    /// <summary>Probability of a pixel: sigmoid of scale × logit + offset.</summary>
    public double DefectScale { get; init; } = 1;

    /// <inheritdoc cref="DefectScale"/>
    public double DefectOffset { get; init; }

    /// <summary>Score of the picture: sigmoid of scale × the peak mean of pixel logits + offset.</summary>
    public double ImageScale { get; init; } = 1;

    /// <inheritdoc cref="ImageScale"/>
    public double ImageOffset { get; init; }

    /// <summary>Pixel threshold on the probability.</summary>
    public double PixelThreshold { get; init; } = 0.5;

    /// <summary>Threshold of the picture's score; null where no normal picture was there to find it.</summary>
    public double? ImageThreshold { get; init; }

    /// <summary>Per row of text, in the model's order: below this mean score a region is an unknown defect.</summary>
    public IReadOnlyList<double> RowThresholds { get; init; } = [];

    /// <summary>How surely a region is a defect; null where nothing is said of that.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BundleRegionConfidence? Regions { get; init; }

    /// <summary>What it was found by, where that was not the end of the training.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CalibrationSource? Source { get; init; }

    /// <summary>A manifest's words for how probabilities are made; its thresholds it has elsewhere.</summary>
    internal object ToManifest() => new { Method = "platt", DefectScale, DefectOffset, ImageScale, ImageOffset, CalibratedBy = Source };

    /// <summary>The part that is computed in the graph.</summary>
    public OutputCalibration ToOutputs() => new(DefectScale, DefectOffset, ImageScale, ImageOffset);
}
