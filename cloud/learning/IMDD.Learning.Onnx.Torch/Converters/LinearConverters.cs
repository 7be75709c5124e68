using IMDD.Learning.Onnx.Graph;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Converters;

/// <summary>Fully connected layers, embeddings, and changes of shape.</summary>
internal static class LinearConverters
{
    // So that a vocabulary is not in memory twice.
    private const long RowsAtATime = 4096;

    public static OnnxModuleConverters AddTo(OnnxModuleConverters converters) => converters
        .With<Linear>((onnx, module, input) =>
            onnx.Graph.Linear(input, onnx.Parameter("weight", module.weight, isTransposed: true), onnx.Optional("bias", module.bias)))
        .With<Embedding>(Embed)
        .With<Flatten>((onnx, module, input) => Flatten(onnx.Graph, input, module.start_dim, module.end_dim))
        .With<Unflatten>(Unflatten);

    private static OnnxValue Embed(OnnxModuleScope onnx, Embedding module, OnnxValue input)
    {
        if (ShortensRows(module))
        {
            throw new OnnxGraphException("rows longer than max_norm, which it shortens when they are looked up, have no counterpart.");
        }

        return onnx.Graph.Gather(onnx.Parameter("weight", onnx.Value(module)), input, 0);
    }

    /// <summary>The module does not say whether it has a max_norm: looks all rows up, which would shorten them in place, and puts back what was there.</summary>
    private static bool ShortensRows(Embedding module)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var weight = module.weight!;
        var rows = weight.shape[0];
        for (long start = 0; start < rows && weight.device_type != DeviceType.META; start += RowsAtATime)
        {
            using var part = NewDisposeScope();
            var some = weight.narrow(0, start, Math.Min(RowsAtATime, rows - start));
            var before = some.clone();
            module.call(arange(start, start + before.shape[0], ScalarType.Int64, weight.device));
            if (some.not_equal(before).any().ToBoolean())
            {
                some.copy_(before);
                return true;
            }
        }

        return false;
    }

    private static OnnxValue Flatten(OnnxGraphBuilder graph, OnnxValue input, long start, long end)
    {
        var rank = input.Shape.Rank;
        var (first, last) = ((int)(start < 0 ? start + rank : start), (int)(end < 0 ? end + rank : end));
        if (first < 0 || last < first || last >= rank)
        {
            throw new OnnxGraphException($"flattening from {start} to {end} got {input}.");
        }

        var joined = input.Shape.Skip(first).Take(last - first + 1).Aggregate(OnnxDimension.Of(1), (product, dimension) => product.Times(dimension));
        return graph.Reshape(input, [.. input.Shape.Take(first), joined, .. input.Shape.Skip(last + 1)]);
    }

    private static OnnxValue Unflatten(OnnxModuleScope onnx, Unflatten module, OnnxValue input)
    {
        var axis = (int)(module.dim < 0 ? module.dim + input.Shape.Rank : module.dim);
        return module.unflattened_size.All(length => length > 0)
            ? onnx.Graph.Reshape(input, [.. input.Shape.Take(axis), .. module.unflattened_size.Select(OnnxDimension.Of), .. input.Shape.Skip(axis + 1)])
            : throw new OnnxGraphException($"unflattening to [{string.Join(", ", module.unflattened_size)}] got {input}; expected known lengths.");
    }
}
