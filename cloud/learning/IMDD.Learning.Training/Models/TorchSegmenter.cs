using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Learning.Networks;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Models;

/// <summary>A trained model behind the segmenter contract without an export: what is measured while it is trained.</summary>
public sealed class TorchSegmenter : ISegmenter
{
    /// <summary>Score that a picture's logits are pooled over, cells each way.</summary>
    public const int ScoreWindow = 3;

    private readonly EdgeModel _model;
    private readonly Tensor _rows;

    /// <summary>Wraps a model, which stays the caller's and is put into evaluation mode.</summary>
    public TorchSegmenter(EdgeModel model)
    {
        if (model.Description.Network.UsesReference)
        {
            throw new SegmenterException("This model compares with a reference, which a segmenter is not given.");
        }

        _model = model;
        model.Network.eval();
        model.Text.eval();
        using var noGradient = no_grad();
        _rows = model.Rows().DetachFromDisposeScope();
        Digest = model.Digest();
        Manifest = ManifestOf(model.Description);
    }

    /// <inheritdoc/>
    public BundleManifest Manifest { get; }

    /// <inheritdoc/>
    public string Digest { get; }

    /// <inheritdoc/>
    public string ExecutionProvider => "torch";

    /// <inheritdoc/>
    public SegmentationBatch Run(IReadOnlyList<RgbImage> images)
    {
        using var noGradient = no_grad();
        return new SegmentationBatch([.. images.Select(RunOne)]);
    }

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();

    /// <summary>Largest mean of a window of logits, <c>[B]</c>.</summary>
    public static Tensor Pooled(Tensor logits)
        => nn.functional.avg_pool2d(logits.unsqueeze(1), ScoreWindow, 1, ScoreWindow / 2, count_include_pad: false).amax([1, 2, 3]);

    private SegmentationResult RunOne(RgbImage image)
    {
        using var scope = NewDisposeScope();
        var calibration = _model.Description.Calibration;
        var features = _model.Network.forward(EdgeInput.From(image), null);
        var probability = (features.Defect * calibration.DefectScale + calibration.DefectOffset).sigmoid();
        var pixels = features.Embedding.flatten(2).squeeze(0).t();
        var scores = _model.Network.Naming.forward(pixels, _rows).sigmoid();
        var (best, margin, row) = Best(scores);
        var stride = _model.Description.Network.OutputStride;
        return new SegmentationResult
        {
            Width = EdgePadding.RoundUp(image.Width, stride) / stride,
            Height = EdgePadding.RoundUp(image.Height, stride) / stride,
            RowStride = (int)probability.shape[2],
            OutputStride = stride,
            Defect = probability.data<float>().ToArray(),
            Class = row.to_type(ScalarType.Int32).data<int>().ToArray(),
            ClassScore = best.data<float>().ToArray(),
            ClassMargin = margin.data<float>().ToArray(),
            ImageScore = (Pooled(features.Defect) * calibration.ImageScale + calibration.ImageOffset).sigmoid().item<float>(),
            Embedding = features.Frame.data<float>().ToArray(),
        };
    }

    private static (Tensor Best, Tensor Margin, Tensor Row) Best(Tensor scores)
    {
        if (scores.shape[1] == 1)
        {
            var only = scores.squeeze(1);
            return (only, ones_like(only), zeros_like(only));
        }

        var (values, rows) = scores.topk(2, 1);
        return (values.select(1, 0).contiguous(), (values.select(1, 0) - values.select(1, 1)).contiguous(), rows.select(1, 0).contiguous());
    }

    private static BundleManifest ManifestOf(EdgeModelDescription description) => new()
    {
        SchemaVersion = BundleManifest.CurrentSchemaVersion,
        ContractVersion = BundleManifest.CurrentContractVersion,
        Name = "edge",
        Version = "0.0.0",
        ReleaseCounter = 1,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Files = [],
        Inputs = [],
        Outputs = [],
        Stride = EdgeNetworkOptions.Stride,
        OutputStride = description.Network.OutputStride,
        Opset = 0,
        Rows = [.. description.Classes.Select((c, i) => new BundleRow(c.Id, c.Name, "text", description.Calibration.RowThresholds.ElementAtOrDefault(i)))],
        Classes = [.. description.Classes.Select(c => new BundleClass(c.Id, new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = c.Name }, SeverityOf(c)))],
        PixelThreshold = description.Calibration.PixelThreshold,
        ImageThreshold = description.Calibration.ImageThreshold,
    };

    private static Severity SeverityOf(TrainedClass named) => Enum.TryParse<Severity>(named.Severity, ignoreCase: true, out var severity) ? severity : Severity.Major;
}
