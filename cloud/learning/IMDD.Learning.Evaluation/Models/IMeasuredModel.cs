using IMDD.Imaging;

namespace IMDD.Learning.Evaluation.Models;

/// <summary>A model as it is measured: a bundle, or an outside model behind an adapter.</summary>
public interface IMeasuredModel : IDisposable
{
    /// <summary>Name and version, for people.</summary>
    string Name { get; }

    /// <summary><c>sha256:</c> digest of what was loaded.</summary>
    string Digest { get; }

    /// <summary>The split that the model was trained by, where it says so.</summary>
    string? SplitId { get; }

    /// <summary>The model's own threshold of a pixel's (or a detection's) score; null where it has none.</summary>
    double? PixelThreshold { get; }

    /// <summary>The model's own threshold of the picture's score; null where a single region rejects the part.</summary>
    double? ImageThreshold { get; }

    /// <summary>Names that it can give, as it writes them; empty for a model without names.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>True when it compares each picture with a known-good one of the same view.</summary>
    bool TakesReference { get; }

    /// <summary>Inspects a picture.</summary>
    /// <param name="image">The picture at its own size.</param>
    /// <param name="pixelThreshold">From which score on a pixel is part of an instance; null: no instances, scores only.</param>
    /// <param name="reference">A known-good picture of the same view and size; only a model that takes one looks at it.</param>
    /// <exception cref="Inference.SegmenterException">The runtime failed on this picture, or it lacks the reference that it takes.</exception>
    Prediction Predict(RgbImage image, double? pixelThreshold, RgbImage? reference = null);
}
