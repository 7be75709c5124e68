using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IMDD.Learning.Networks.Blocks;

/// <summary>
/// Finds one class that was learned after the rest of a network, which stays as it was: a small decoder of its own over the encoder's maps, whose logit is
/// set beside the network's and whose class takes the name of the pixels it claims (side-tuning, Zhang et al. 2020).
/// </summary>
public sealed class SideBranch : Module<IReadOnlyList<Tensor>, Tensor>, IOnnxMultiExportable
{
    private const int Channels = 24;
    private const double PriorLogit = -3;

    // From unclaimed to claimed within one and a half logits.
    private const float Sharpness = 4;

    // Kept for good: TorchSharp does not keep a number alive while libtorch reads it.
    private static readonly Scalar Sharp = Sharpness;
    private static readonly Scalar One = 1f;

    private readonly ModuleList<Merge> _merges = new();
    private readonly ConvNormAct? _fine;
    private readonly ConvNormAct? _smooth;
    private readonly Conv2d _head;
    private readonly Parameter _row;
    private readonly Parameter _threshold;
    private readonly Parameter _margin;

    /// <summary>Makes a branch that claims nothing yet.</summary>
    /// <param name="widths">Channels of the encoder's maps, the finest first.</param>
    /// <param name="finest">Index of the map whose size its logit has; the map before it is read too.</param>
    /// <param name="rowLength">Length of a row of text.</param>
    public SideBranch(IReadOnlyList<int> widths, int finest, int rowLength)
        : base(nameof(SideBranch))
    {
        var coarse = widths[^1];
        for (var level = widths.Count - 2; level >= finest; level--)
        {
            _merges.Add(new Merge(coarse, widths[level], Channels, isFinest: false));
            coarse = Channels;
        }

        if (finest > 0)
        {
            // Thin and small things are gone from the coarser maps of a network that was never asked for them.
            _fine = new ConvNormAct(widths[finest - 1], Channels, stride: 2);
            _smooth = new ConvNormAct(Channels, Channels);
        }

        _head = Conv2d(Channels, 1, kernel_size: 1);
        _row = Parameter(zeros(rowLength), requires_grad: false);
        _threshold = Parameter(zeros(1), requires_grad: false);
        _margin = Parameter(zeros(1), requires_grad: false);
        RegisterComponents();
        init.constant_(_head.bias!, PriorLogit);
    }

    /// <summary>Logits <c>[B, 1, h, w]</c> of the class, from the encoder's maps, the finest first.</summary>
    public override Tensor forward(IReadOnlyList<Tensor> levels)
    {
        using var scope = NewDisposeScope();
        var features = levels[^1];
        for (var index = 0; index < _merges.Count; index++)
        {
            features = _merges[index].forward(features, levels[^(index + 2)]);
        }

        if (_fine is not null && _smooth is not null)
        {
            features = _smooth.forward(features.Plus(_fine.forward(levels[^(_merges.Count + 2)])));
        }

        return _head.forward(features).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Embeddings <c>[B, D, h, w]</c> of any length, turned to the class's row where the branch claims the pixel: from its threshold on, and by a margin above
    /// where the rest of the network sees a defect too, which has a name already. What is new often resembles something known.
    /// </summary>
    /// <param name="embedding">Of the rest.</param>
    /// <param name="logit">Of the branch, <c>[B, 1, h, w]</c>.</param>
    /// <param name="rest">Of the rest, the same shape.</param>
    public Tensor Claim(Tensor embedding, Tensor logit, Tensor rest)
    {
        using var scope = NewDisposeScope();
        var claimed = ((logit - _threshold - ((rest - _threshold) * Sharp).sigmoid() * _margin) * Sharp).sigmoid();
        var length = (embedding * embedding).sum(1, keepdim: true).sqrt();
        return (embedding * claimed.neg().Plus(One)).Plus(_row.reshape(1, -1, 1, 1) * (claimed * length)).MoveToOuterDisposeScope();
    }

    /// <summary>What training changes.</summary>
    public IEnumerable<Parameter> LearntParameters => parameters().Where(parameter => parameter.Handle != _row.Handle && parameter.Handle != _threshold.Handle && parameter.Handle != _margin.Handle);

    /// <summary>Says which row of text is its class.</summary>
    /// <param name="row">Unit, <c>[D]</c>.</param>
    public void Name(Tensor row)
    {
        using var noGradient = no_grad();
        _row.copy_(row);
    }

    /// <summary>Moves the logit so that where it had one value, it has another, from which on it claims pixels.</summary>
    /// <param name="from">The value it has.</param>
    /// <param name="to">The value it is to have: the network's own threshold.</param>
    /// <param name="margin">How far above a pixel is claimed that has a name already.</param>
    public void MoveThreshold(double from, double to, double margin = 0)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        _head.bias!.add_(tensor((float)(to - from)));
        _threshold.copy_(tensor([(float)to]));
        _margin.copy_(tensor([(float)margin]));
    }

    /// <inheritdoc/>
    public IReadOnlyList<OnnxValue> ExportOnnx(OnnxModuleScope onnx, IReadOnlyList<OnnxValue> inputs)
    {
        var features = inputs[^1];
        for (var index = 0; index < _merges.Count; index++)
        {
            features = onnx.CallMany(_merges[index], features, inputs[^(index + 2)])[0];
        }

        if (_fine is not null && _smooth is not null)
        {
            features = onnx.Call(_smooth, onnx.Graph.Add(features, onnx.Call(_fine, inputs[^(_merges.Count + 2)])));
        }

        return [onnx.Call(_head, features)];
    }

    /// <summary><see cref="Claim"/>, exported.</summary>
    public OnnxValue ExportClaim(OnnxGraphBuilder graph, OnnxValue embedding, OnnxValue logit, OnnxValue rest)
    {
        var channels = _row.shape[0];
        var (threshold, sharpness) = (graph.Scalar(_threshold.item<float>()), graph.Scalar(Sharpness));
        var named = graph.Sigmoid(graph.Mul(graph.Sub(rest, threshold), sharpness));
        var claimed = graph.Sigmoid(graph.Mul(graph.Sub(graph.Sub(logit, threshold), graph.Mul(named, graph.Scalar(_margin.item<float>()))), sharpness));
        var ones = graph.Constant("ones", Enumerable.Repeat(1f, (int)channels).ToArray(), 1, channels, 1, 1);
        var length = graph.Sqrt(graph.Conv(graph.Mul(embedding, embedding), ones, null, OnnxWindow.Square(1)));
        var row = graph.Constant("row", _row.data<float>().ToArray(), 1, channels, 1, 1);
        return graph.Add(graph.Mul(embedding, graph.Sub(graph.Scalar(1), claimed)), graph.Mul(row, graph.Mul(claimed, length)));
    }
}
