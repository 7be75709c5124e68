using IMDD.Learning.Onnx.Graph;
using TorchSharp.Modules;

namespace IMDD.Learning.Onnx.Torch.Converters;

/// <summary>Pools.</summary>
internal static class PoolingConverters
{
    public static OnnxModuleConverters AddTo(OnnxModuleConverters converters) => converters
        .With<MaxPool1d>((onnx, module, input) => onnx.Graph.MaxPool(
            input, Window(1, [module.kernel_size], One(module.stride), One(module.padding), One(module.dilation)), module.ceil_mode))
        .With<MaxPool2d>((onnx, module, input) => onnx.Graph.MaxPool(
            input, Window(2, module.kernel_size, module.stride, module.padding, module.dilation), module.ceil_mode))
        .With<AvgPool1d>((onnx, module, input) => onnx.Graph.AveragePool(
            input, Window(1, [module.kernel_size], One(module.stride), One(module.padding), null), module.count_include_pad, module.ceil_mode))
        .With<AvgPool2d>((onnx, module, input) => module.divisor_override is null
            ? onnx.Graph.AveragePool(
                input, Window(2, module.kernel_size, module.stride, module.padding, null), module.count_include_pad, module.ceil_mode)
            : throw new OnnxGraphException("a divisor of its own (divisor_override) has no counterpart."))
        .With<AdaptiveAvgPool1d>((onnx, module, input) => AdaptiveAverage(onnx.Graph, input, [module.output_size]))
        .With<AdaptiveAvgPool2d>((onnx, module, input) => AdaptiveAverage(onnx.Graph, input, Spread(2, module.output_size)))
        .With<AdaptiveMaxPool1d>((onnx, module, input) => AdaptiveMax(onnx.Graph, input, [module.output_size]))
        .With<AdaptiveMaxPool2d>((onnx, module, input) => AdaptiveMax(onnx.Graph, input, Spread(2, module.output_size)));

    private static long[]? One(long? number) => number is { } value ? [value] : null;

    private static OnnxWindow Window(int rank, long[] kernel, long[]? strides, long[]? padding, long[]? dilations)
        => OnnxWindow.Of(
            Spread(rank, kernel), Spread(rank, Given(strides) ?? kernel), Spread(rank, Given(padding) ?? [0]), Spread(rank, Given(dilations) ?? [1]));

    private static long[]? Given(long[]? numbers) => numbers is { Length: > 0 } ? numbers : null;

    private static long[] Spread(int rank, long[] numbers) => numbers.Length == 1 ? [.. Enumerable.Repeat(numbers[0], rank)] : numbers;

    private static OnnxValue AdaptiveMax(OnnxGraphBuilder graph, OnnxValue input, long[] lengths)
    {
        OnnxCheckRank(input, lengths.Length);
        if (lengths.All(length => length == 1))
        {
            return graph.ReduceMax(input, [.. Enumerable.Range(2, lengths.Length)]);
        }

        long[] sizes = [.. lengths.Select((length, axis) => input.Shape[axis + 2].Value is { } known && known % length == 0
            ? known / length
            : throw new OnnxGraphException($"got {input}; an adaptive maximum over {length} parts takes a known multiple of it."))];
        return graph.MaxPool(input, OnnxWindow.Of(sizes, sizes));
    }

    private static OnnxValue AdaptiveAverage(OnnxGraphBuilder graph, OnnxValue input, long[] lengths)
    {
        OnnxCheckRank(input, lengths.Length);
        if (lengths.All(length => length == 1))
        {
            return graph.GlobalAveragePool(input);
        }

        // Each axis by a matrix of its own: part i is the mean of elements ⌊i·n/m⌋ up to ⌈(i + 1)·n/m⌉, which may overlap.
        var result = input;
        for (var spatial = 0; spatial < lengths.Length; spatial++)
        {
            var axis = spatial + 2;
            if (result.Shape[axis].Value == lengths[spatial])
            {
                continue;
            }

            var length = result.Shape[axis].Value
                ?? throw new OnnxGraphException($"got {input}; an adaptive mean of {lengths[spatial]} parts takes a known length of axis {axis}.");
            var means = Means(length, lengths[spatial]);
            result = axis == result.Shape.Rank - 1
                ? graph.MatMul(result, graph.Constant("means", Transposed(means, (int)length), length, lengths[spatial]))
                : graph.MatMul(graph.Constant("means", means, lengths[spatial], length), result);
        }

        return result;
    }

    private static void OnnxCheckRank(OnnxValue input, int spatial)
    {
        if (input.Shape.Rank != spatial + 2)
        {
            throw new OnnxGraphException($"got {input}; expected {spatial + 2} dimensions.");
        }
    }

    /// <summary>A matrix [parts, length].</summary>
    private static float[] Means(long length, long parts)
    {
        var means = new float[parts * length];
        for (long part = 0; part < parts; part++)
        {
            var (start, end) = (part * length / parts, (((part + 1) * length) + parts - 1) / parts);
            means.AsSpan((int)((part * length) + start), (int)(end - start)).Fill(1f / (end - start));
        }

        return means;
    }

    private static float[] Transposed(float[] matrix, int columns)
    {
        var rows = matrix.Length / columns;
        var transposed = new float[matrix.Length];
        for (var index = 0; index < matrix.Length; index++)
        {
            transposed[(index % columns * rows) + (index / columns)] = matrix[index];
        }

        return transposed;
    }
}
