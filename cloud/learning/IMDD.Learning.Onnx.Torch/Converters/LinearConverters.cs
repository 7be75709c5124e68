using IMDD.Learning.Onnx.Graph;
using TorchSharp.Modules;

namespace IMDD.Learning.Onnx.Torch.Converters;

/// <summary>Fully connected layers, embeddings, and changes of shape.</summary>
internal static class LinearConverters
{
    public static OnnxModuleConverters AddTo(OnnxModuleConverters converters) => converters
        .With<Linear>((onnx, module, input) =>
            onnx.Graph.Linear(input, onnx.Parameter("weight", module.weight, isTransposed: true), onnx.Optional("bias", module.bias)))
        .With<Embedding>((onnx, module, input) => onnx.Graph.Gather(onnx.Parameter("weight", onnx.Value(module)), input, 0))
        .With<Flatten>((onnx, module, input) => Flatten(onnx.Graph, input, module.start_dim, module.end_dim))
        .With<Unflatten>(Unflatten);

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
