using IMDD.Contracts.Models;

namespace IMDD.Inference.Bundles;

/// <summary>What a model must be given.</summary>
public static class BundleInputs
{
    /// <summary>True when the model compares each image with a known-good picture of the same view: its manifest lists the input <c>reference</c>.</summary>
    public static bool TakesReference(this BundleManifest manifest) => manifest.Inputs.Any(input => input.Name == SegmenterContract.Reference);
}
