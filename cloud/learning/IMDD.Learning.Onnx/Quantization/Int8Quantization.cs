using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Optimization;

namespace IMDD.Learning.Onnx.Quantization;

/// <summary>
/// Turns a model in 32-bit floats into one that computes its convolutions and products in eight bits: pairs of QuantizeLinear and
/// DequantizeLinear around them, which runtimes with integer kernels fuse and others compute as they stand. Activations are unsigned bytes
/// with one scale per tensor, weights signed ones, symmetric, with one scale per output channel (Jacob et al. 2018).
/// </summary>
public sealed class Int8Quantization
{
    private const float BiasRange = 1 << 30;
    private const float LeastScale = 1e-12f;

    private readonly OnnxGraph _graph;
    private readonly Int8Plan _plan;
    private readonly Int8Options _options;
    private readonly IReadOnlyDictionary<string, ActivationRange> _ranges;

    private Int8Quantization(OnnxGraph graph, Int8Plan plan, Int8Options options, IReadOnlyDictionary<string, ActivationRange> ranges)
        => (_graph, _plan, _options, _ranges) = (graph, plan, options, ranges);

    /// <summary>The quantization. Whether the model is still worth what it was is for <see cref="Parity.TaskGate"/> to say.</summary>
    /// <exception cref="OnnxGraphException">No calibration data, nothing to quantize, or activations that are not finite.</exception>
    public static (OnnxModel Model, Int8Report Report) Quantize(OnnxModel model, CalibrationReader data, Int8Options? options = null)
    {
        options ??= new Int8Options();
        var graph = model.Graph.Clone();
        Int8Plan plan = new(graph, options);
        if (plan.Nodes.Count == 0)
        {
            throw new OnnxGraphException($"Model '{graph.Name}' has no convolution or product with constant weights that may be quantized.");
        }

        var ranges = ActivationCalibrator.Run(model, [.. plan.Activations], data, options);
        Int8Report report = new(
            plan.Nodes.GroupBy(node => node.Op, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal),
            [.. plan.Kept.Select(node => node.Name)],
            ranges,
            model.WeightBytes,
            0);
        new Int8Quantization(graph, plan, options, ranges).Rewrite();
        OnnxOptimizer.Run(graph, OnnxOptimizations.RemoveUnused | OnnxOptimizations.ShareConstants);
        var info = model.Info.With("precision", "int8").With(OnnxModel.WeightsKey, OnnxSerializer.WeightsDigest(graph));
        OnnxModel quantized = new(graph, info);
        return (quantized, report with { WeightBytesAfter = quantized.WeightBytes });
    }

    private void Rewrite()
    {
        // Parameters of every activation first: a bias takes the scale of what its layer gets.
        var scales = _plan.Activations.ToDictionary(value => value, value => Parameters(value));
        foreach (var layer in _plan.Nodes.Where(node => node.Op is "Conv" or "MatMul" or "Gemm"))
        {
            QuantizeWeights(layer, scales[layer.Inputs[0]!].Range.Scale);
        }

        foreach (var value in _plan.Activations)
        {
            InsertPair(value, scales[value].Scale, scales[value].ZeroPoint);
        }
    }

    /// <summary>What moves elements without computing gives bytes of the scale that it gets.</summary>
    private ActivationRange RangeOf(OnnxValue value) => value.Producer is { Op: "MaxPool" or "Reshape" or "Resize" or "Transpose" } mover && _plan.Nodes.Contains(mover)
        ? RangeOf(mover.Inputs[0]!)
        : _ranges[value.Name];

    private (ActivationRange Range, OnnxValue Scale, OnnxValue ZeroPoint) Parameters(OnnxValue value)
    {
        var range = RangeOf(value);
        return (
            range,
            _graph.AddConstant(value.Name + "/scale", OnnxTensor.Of<float>([range.Scale])),
            _graph.AddConstant(value.Name + "/zero", OnnxTensor.Of<byte>([range.ZeroPoint])));
    }

    private void InsertPair(OnnxValue value, OnnxValue scale, OnnxValue zeroPoint)
    {
        var users = _graph.Nodes.Where(node => node.Inputs.Contains(value)).ToList();
        var position = value.Producer is { } producer ? _graph.Nodes.IndexOf(producer) + 1 : 0;
        var name = value.Name;
        var quantize = _graph.AddNode(
            name + "/quantize", "QuantizeLinear", "", [value, scale, zeroPoint], [(OnnxElementType.UInt8, value.Shape)], [], position);
        var dequantize = _graph.AddNode(
            name + "/dequantize", "DequantizeLinear", "", [quantize.Outputs[0], scale, zeroPoint], [(value.Type, value.Shape)], [], position + 1);

        // A node in eight bits gives bytes to everyone; a float is rounded only for those that take bytes.
        var isByte = value.Producer is { } source && _plan.Nodes.Contains(source);
        foreach (var user in users.Where(user => isByte || _plan.Nodes.Contains(user)))
        {
            for (var index = 0; index < user.Inputs.Length; index++)
            {
                user.Inputs[index] = user.Inputs[index] == value ? dequantize.Outputs[0] : user.Inputs[index];
            }
        }

        var output = _graph.Outputs.IndexOf(value);
        if (isByte && output >= 0)
        {
            (value.Name, dequantize.Outputs[0].Name) = (dequantize.Outputs[0].Name, name);
            _graph.Outputs[output] = dequantize.Outputs[0];
        }
    }

    private void QuantizeWeights(OnnxNode layer, float inputScale)
    {
        var axis = Int8Plan.OutputAxis(layer);
        var weights = layer.Inputs[1]!;
        var bias = layer.Inputs.ElementAtOrDefault(2);
        var biases = bias?.Constant!.ToSingles() ?? new float[weights.Constant!.Dimensions[axis]];

        // A step of the bias is one of the weight times one of the input; it must reach the bias within 32 bits, also where all weights are zero.
        float[] least = [.. biases.Select(value => Math.Max(Math.Abs(value) / inputScale / BiasRange, LeastScale))];
        var (bytes, scales) = WeightQuantizer.Quantize(weights.Constant!, axis, _options.ReduceRange, least);
        var position = _graph.Nodes.IndexOf(layer);
        layer.Inputs[1] = Dequantized(weights, bytes, scales, axis, position);
        if (bias is not null)
        {
            float[] biasScales = [.. scales.Select(scale => scale * inputScale)];
            int[] whole = [.. biases.Select((value, channel) => (int)Math.Round((double)value / biasScales[channel]))];
            layer.Inputs[2] = Dequantized(bias, OnnxTensor.Of<int>(whole, whole.Length), biasScales, 0, position);
        }
    }

    private OnnxValue Dequantized(OnnxValue value, OnnxTensor integers, float[] scales, int axis, int position)
    {
        var scale = _graph.AddConstant(value.Name + "/scale", OnnxTensor.Of<float>(scales, scales.Length));
        var zero = integers.Type == OnnxElementType.Int8
            ? _graph.AddConstant(value.Name + "/zero", OnnxTensor.Of<sbyte>(new sbyte[scales.Length], scales.Length))
            : _graph.AddConstant(value.Name + "/zero", OnnxTensor.Of<int>(new int[scales.Length], scales.Length));
        return _graph.AddNode(
            value.Name + "/dequantize",
            "DequantizeLinear",
            "",
            [_graph.AddConstant(value.Name + "/int", integers), scale, zero],
            [(OnnxElementType.Float, value.Shape)],
            [OnnxAttribute.Int("axis", axis)],
            position).Outputs[0];
    }
}
