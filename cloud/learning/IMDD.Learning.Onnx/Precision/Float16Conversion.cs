using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Optimization;

namespace IMDD.Learning.Onnx.Precision;

/// <summary>
/// Turns a model in 32-bit floats into one that computes in 16-bit ones where that is safe. Inputs and outputs keep their types. Meant for
/// GPUs: on a CPU, ONNX Runtime computes in 32 bits anyway and gains nothing.
/// </summary>
public sealed class Float16Conversion
{
    private static readonly float LeastNormal = (float)BitConverter.UInt16BitsToHalf(0x0400);

    // What only rearranges, so that the last computation of an output is what counts.
    private static readonly HashSet<string> Rearranging = new(StringComparer.Ordinal) { "Identity", "Reshape", "Sigmoid", "Squeeze", "Transpose", "Unsqueeze" };

    private readonly OnnxGraph _graph;
    private readonly Float16Options _options;
    private readonly Dictionary<OnnxValue, OnnxValue> _counterparts = [];
    private readonly List<string> _outOfRange = [];
    private int _casts;
    private long _subnormal;
    private long _zeroed;

    private Float16Conversion(OnnxGraph graph, Float16Options options) => (_graph, _options) = (graph, options);

    /// <summary>The conversion. Whether the model is still worth what it was is for <see cref="Parity.TaskGate"/> to say.</summary>
    /// <exception cref="OnnxGraphException">There are 16-bit floats in the model already.</exception>
    public static (OnnxModel Model, Float16Report Report) Convert(OnnxModel model, Float16Options? options = null)
    {
        var values = model.Graph.Inputs.Concat(model.Graph.Constants).Concat(model.Graph.Nodes.SelectMany(node => node.Outputs));
        if (values.FirstOrDefault(value => value.Type == OnnxElementType.Float16) is { } half)
        {
            throw new OnnxGraphException($"Model '{model.Graph.Name}' has 16-bit floats already, such as {half}; expected one in 32 bits.");
        }

        Float16Conversion conversion = new(model.Graph.Clone(), options ?? new Float16Options());
        var report = conversion.Run();
        OnnxOptimizer.Run(conversion._graph, OnnxOptimizations.RemoveUnused | OnnxOptimizations.ShareConstants);
        var info = model.Info.With("precision", "fp16").With(OnnxModel.WeightsKey, OnnxSerializer.WeightsDigest(conversion._graph));
        return (new OnnxModel(conversion._graph, info), report);
    }

    private Float16Report Run()
    {
        var nearOutputs = NearOutputs();
        var converted = 0;
        Dictionary<string, int> kept = new(StringComparer.Ordinal);
        foreach (var node in _graph.Nodes.ToList())
        {
            // The shape of a value is the same in every type.
            if (node.Op == "Shape" || !node.Outputs.Concat(node.Inputs.OfType<OnnxValue>()).Any(value => value.Type == OnnxElementType.Float))
            {
                continue;
            }

            var lower = IsSafe(node, nearOutputs);
            for (var index = 0; index < node.Inputs.Length; index++)
            {
                if (node.Inputs[index] is { Type: OnnxElementType.Float or OnnxElementType.Float16 } input)
                {
                    node.Inputs[index] = As(lower ? OnnxElementType.Float16 : OnnxElementType.Float, input, node);
                }
            }

            if (!lower)
            {
                kept[node.Op] = kept.GetValueOrDefault(node.Op) + 1;
                continue;
            }

            converted++;
            foreach (var output in node.Outputs.Where(output => output.Type == OnnxElementType.Float))
            {
                output.Type = OnnxElementType.Float16;
            }
        }

        return new Float16Report(converted, kept, _outOfRange, _casts, _subnormal, _zeroed);
    }

    private bool IsSafe(OnnxNode node, HashSet<OnnxNode> nearOutputs)
    {
        if (node.Op == "Cast"
            || _options.KeepOperators.Contains(node.Op)
            || nearOutputs.Contains(node)
            || _options.KeepNames.Any(name => node.Name.StartsWith(name, StringComparison.Ordinal)))
        {
            return false;
        }

        var tooLarge = node.Inputs.Any(input => input?.Constant is { Type: OnnxElementType.Float } tensor && !FitsHalf(tensor));
        if (tooLarge)
        {
            _outOfRange.Add(node.Name);
        }

        return !tooLarge;
    }

    /// <summary>The nodes that give the outputs, back to the last that computes: thresholds and calibrations were set on what they give.</summary>
    private HashSet<OnnxNode> NearOutputs()
    {
        HashSet<OnnxNode> near = [];
        Stack<OnnxValue> values = new(_graph.Outputs);
        while (values.TryPop(out var value))
        {
            if (value.Producer is { } producer && near.Add(producer) && Rearranging.Contains(producer.Op))
            {
                values.Push(producer.Inputs[0]!);
            }
        }

        return near;
    }

    private OnnxValue As(OnnxElementType type, OnnxValue value, OnnxNode user)
    {
        if (value.Type == type)
        {
            return value;
        }

        if (!_counterparts.TryGetValue(value, out var counterpart))
        {
            counterpart = value.Constant is { } tensor
                ? _graph.AddConstant(value.Name + "/fp16", Halved(tensor))
                : _graph.AddNode(
                    $"{value.Name}/{type}", "Cast", "", [value], [(type, value.Shape)], [OnnxAttribute.Int("to", (long)type)], _graph.Nodes.IndexOf(user)).Outputs[0];
            _casts += value.Constant is null ? 1 : 0;
            _counterparts.Add(value, counterpart);
        }

        return counterpart;
    }

    private OnnxTensor Halved(OnnxTensor tensor)
    {
        if (tensor.Count == 1 && tensor.As<float>()[0] is var only && only != 0 && (Half)only == default)
        {
            // A single number may be what guards a division or a logarithm. As a factor or a term, the least number is as little as none.
            _subnormal++;
            return OnnxTensor.Of<Half>([only < 0 ? -Half.Epsilon : Half.Epsilon], [.. tensor.Dimensions]);
        }

        foreach (var value in tensor.As<float>())
        {
            _zeroed += value != 0 && (Half)value == default ? 1 : 0;
            _subnormal += value != 0 && Math.Abs(value) < LeastNormal ? 1 : 0;
        }

        return tensor.Cast(OnnxElementType.Float16);
    }

    private static bool FitsHalf(OnnxTensor tensor)
    {
        foreach (var value in tensor.As<float>())
        {
            if (!(Math.Abs(value) <= (float)Half.MaxValue))
            {
                return false;
            }
        }

        return true;
    }
}
