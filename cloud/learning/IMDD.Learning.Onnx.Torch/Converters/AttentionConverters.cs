using IMDD.Learning.Onnx.Graph;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Converters;

/// <summary>
/// Multi-head attention. Inputs are query, key and value, <c>[S, B, E]</c> as the module takes them, and a bias on the scores where there
/// is a mask; the output is the first of the module's two. The averaged weights, its second, are not exported.
/// </summary>
internal static class AttentionConverters
{
    private const double HeadTolerance = 1e-4;

    // What sums of halves are off by; a wrong number of heads is off by more.
    private const double HalfHeadTolerance = 2e-2;

    public static OnnxModuleConverters AddTo(OnnxModuleConverters converters) => converters.WithMany<MultiheadAttention>(Attend);

    private static IReadOnlyList<OnnxValue> Attend(OnnxModuleScope onnx, MultiheadAttention module, IReadOnlyList<OnnxValue> inputs)
    {
        if (inputs.Count is not (3 or 4))
        {
            throw new OnnxGraphException($"got {inputs.Count} inputs; expected query, key, value, and a bias on the scores where there is a mask.");
        }

        var weights = module.state_dict();
        if (!weights.TryGetValue("in_proj_weight", out var packed) || packed.IsInvalid || weights.ContainsKey("bias_k"))
        {
            throw new OnnxGraphException("keys or values of another width, and added biases of them, have no counterpart.");
        }

        if (packed.device_type == DeviceType.META)
        {
            throw new OnnxGraphException("its parameters have no values (device meta), and its number of heads is told by them.");
        }

        var heads = FindHeads(module, packed.shape[1], weights);
        var projections = packed.chunk(3);
        var biases = weights.GetValueOrDefault("in_proj_bias")?.chunk(3);
        var graph = onnx.Graph;
        var projected = new OnnxValue[3];
        foreach (var (name, index) in new[] { ("query", 0), ("key", 1), ("value", 2) })
        {
            using var scope = graph.Scope(name);
            var batchFirst = graph.Transpose(inputs[index], 1, 0, 2);
            projected[index] = graph.Linear(batchFirst, onnx.Parameter("weight", projections[index].t()), onnx.Optional("bias", biases?[index]));
        }

        var attended = onnx.Attention(projected[0], projected[1], projected[2], heads, inputs.ElementAtOrDefault(3));
        using (graph.Scope("out_proj"))
        {
            var output = graph.Linear(
                attended, onnx.Parameter("weight", weights["out_proj.weight"].t()), onnx.Optional("bias", weights.GetValueOrDefault("out_proj.bias")));
            return [graph.Transpose(output, 1, 0, 2)];
        }
    }

    /// <summary>The module does not say how many heads it has: of the divisors of its width, the one that gives what it gives.</summary>
    private static long FindHeads(MultiheadAttention module, long width, Dictionary<string, Tensor> weights)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var packed = weights["in_proj_weight"];
        var probe = randn([3, 1, width], generator: generator).to(packed.dtype, packed.device);
        var expected = module.call(probe, probe, probe, null, false, null).Item1;
        var projected = nn.functional.linear(probe, packed, weights.GetValueOrDefault("in_proj_bias")).chunk(3, -1);
        var (best, error) = (0L, double.PositiveInfinity);
        for (long heads = 1; heads <= width; heads++)
        {
            if (width % heads != 0)
            {
                continue;
            }

            var split = projected.Select(part => part.reshape(3, heads, width / heads).transpose(0, 1)).ToArray();
            var scores = split[0].matmul(split[1].transpose(1, 2)).div(Math.Sqrt((double)width / heads)).softmax(-1);
            var joined = scores.matmul(split[2]).transpose(0, 1).reshape(3, 1, width);
            var difference = nn.functional.linear(joined, weights["out_proj.weight"], weights.GetValueOrDefault("out_proj.bias"))
                .sub(expected).abs().max().ToDouble();
            (best, error) = difference < error ? (heads, difference) : (best, error);
        }

        return error <= (packed.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? HalfHeadTolerance : HeadTolerance)
            ? best
            : throw new OnnxGraphException($"its number of heads cannot be told: the nearest, {best}, is off by {error:G3}.");
    }
}
