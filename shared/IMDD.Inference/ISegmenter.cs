using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Inference.Bundles;

namespace IMDD.Inference;

/// <summary>A loaded bundle behind the segmenter contract. Calls are serialised by the caller; <see cref="Run"/> is not re-entrant.</summary>
public interface ISegmenter : IDisposable
{
    /// <summary>The bundle's manifest.</summary>
    BundleManifest Manifest { get; }

    /// <summary><c>sha256:</c> digest of the manifest's bytes: names the model in every outcome.</summary>
    string Digest { get; }

    /// <summary>The execution provider in use: <c>cpu</c>, <c>cuda</c>, <c>tensorrt</c>.</summary>
    string ExecutionProvider { get; }

    /// <summary>
    /// Runs a batch of images of one size. Pads to the stride by edge replication and cuts the padding off again.
    /// The result reuses the session's memory and is valid until the next call.
    /// </summary>
    /// <param name="images">At least one.</param>
    /// <param name="references">
    /// Of each image, the known-good picture of the same view and size; null exactly when the model takes none
    /// (<see cref="BundleInputs.TakesReference"/>).
    /// </param>
    /// <exception cref="ArgumentException">Images or references do not fit together, or do not fit the model.</exception>
    /// <exception cref="SegmenterException">The runtime failed on this batch.</exception>
    SegmentationBatch Run(IReadOnlyList<RgbImage> images, IReadOnlyList<RgbImage>? references = null);
}
