using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Networks;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Models;

/// <summary>A trained model behind the segmenter contract without an export: what is measured while it is trained.</summary>
public sealed class TorchSegmenter : ISegmenter
{
    // Not disposed: its one child is the model's network.
    private readonly EdgeSegmenter _segmenter;
    private readonly Tensor _rows;

    /// <summary>Wraps a model, which stays the caller's and is put into evaluation mode.</summary>
    public TorchSegmenter(EdgeModel model)
    {
        model.Text.eval();
        _segmenter = new EdgeSegmenter(model.Network, model.Description.Calibration.ToOutputs());
        _segmenter.eval();
        using var noGradient = no_grad();
        _rows = model.Rows().DetachFromDisposeScope();
        Digest = model.Digest();
        Manifest = ManifestOf(model.Description, EdgeBundle.Inputs(_segmenter, model.Description.Network));
    }

    /// <inheritdoc/>
    public BundleManifest Manifest { get; }

    /// <inheritdoc/>
    public string Digest { get; }

    /// <inheritdoc/>
    public string ExecutionProvider => "torch";

    /// <inheritdoc/>
    public SegmentationBatch Run(IReadOnlyList<RgbImage> images, IReadOnlyList<RgbImage>? references = null)
    {
        if (references?.Count != (Manifest.TakesReference() ? images.Count : null))
        {
            throw new ArgumentException($"{references?.Count ?? 0} references were given for {images.Count} images.", nameof(references));
        }

        using var noGradient = no_grad();
        return new SegmentationBatch([.. images.Select((image, index) => RunOne(image, references?[index]))]);
    }

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();

    private SegmentationResult RunOne(RgbImage image, RgbImage? reference)
    {
        using var scope = NewDisposeScope();
        var outputs = _segmenter.forward(EdgeInput.Bytes(image), _rows, reference is null ? null : EdgeInput.Bytes(reference));
        var stride = Manifest.OutputStride;
        return new SegmentationResult
        {
            Width = EdgePadding.RoundUp(image.Width, stride) / stride,
            Height = EdgePadding.RoundUp(image.Height, stride) / stride,
            RowStride = (int)outputs.Defect.shape[2],
            OutputStride = stride,
            Defect = outputs.Defect.data<float>().ToArray(),
            Class = outputs.Class.data<int>().ToArray(),
            ClassScore = outputs.ClassScore.contiguous().data<float>().ToArray(),
            ClassMargin = outputs.ClassMargin.data<float>().ToArray(),
            ImageScore = outputs.ImageScore.item<float>(),
            Embedding = outputs.Embedding.data<float>().ToArray(),
        };
    }

    private static BundleManifest ManifestOf(EdgeModelDescription description, IReadOnlyList<BundleTensor> inputs) => new()
    {
        SchemaVersion = BundleManifest.CurrentSchemaVersion,
        ContractVersion = BundleManifest.CurrentContractVersion,
        Name = "edge",
        Version = "0.0.0",
        ReleaseCounter = 1,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Files = [],
        Inputs = inputs,
        Outputs = [],
        Stride = EdgeNetworkOptions.Stride,
        OutputStride = description.Network.OutputStride,
        Opset = 0,
        Rows = description.BundleRows(),
        Classes = description.BundleClasses(),
        PixelThreshold = description.Calibration.PixelThreshold,
        ImageThreshold = description.Calibration.ImageThreshold,
        RegionConfidence = description.Calibration.Regions,
    };
}
