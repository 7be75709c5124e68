using IMDD.Imaging;
using IMDD.Learning.Evaluation.Models;

namespace IMDD.Learning.Evaluation.Tests;

/// <summary>A model that says of each picture what a test tells it to, by the value of the picture's first pixel.</summary>
internal sealed class ScriptedModel(IReadOnlyList<string> classes, IReadOnlyDictionary<byte, Prediction> predictions) : IMeasuredModel
{
    public string Name => "scripted";
    public string Digest => "sha256:0";
    public string? SplitId => null;
    public double? PixelThreshold => 0.5;
    public double? ImageThreshold => 0.5;
    public IReadOnlyList<string> Classes => classes;

    public bool TakesReference => false;

    public Prediction Predict(RgbImage image, double? pixelThreshold, RgbImage? reference = null) => predictions[image.Pixels[0]];

    public void Dispose()
    {
        // Nothing is held.
    }
}
