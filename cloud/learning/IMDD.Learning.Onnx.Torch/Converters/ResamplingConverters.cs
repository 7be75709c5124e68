using IMDD.Learning.Onnx.Graph;
using TorchSharp;
using TorchSharp.Modules;

namespace IMDD.Learning.Onnx.Torch.Converters;

/// <summary>Resizing, padding, and rearrangements of pixels.</summary>
internal static class ResamplingConverters
{
    public static OnnxModuleConverters AddTo(OnnxModuleConverters converters) => converters
        .With<Upsample>(Upsample)
        .With<PixelShuffle>((onnx, module, input) => onnx.Graph.PixelShuffle(input, module.upscale_factor))
        .With<PixelUnshuffle>((onnx, module, input) => Unshuffle(onnx.Graph, input, module.downscale_factor))
        .With<ChannelShuffle>((onnx, module, input) => ShuffleChannels(onnx.Graph, input, module.groups))
        .With<ZeroPad2d>((onnx, module, input) => Pad(onnx.Graph, module, input, "constant"))
        .With<ConstantPad1d>((onnx, module, input) => Pad(onnx.Graph, module, input, "constant"))
        .With<ConstantPad2d>((onnx, module, input) => Pad(onnx.Graph, module, input, "constant"))
        .With<ReflectionPad1d>((onnx, module, input) => Pad(onnx.Graph, module, input, "reflect"))
        .With<ReflectionPad2d>((onnx, module, input) => Pad(onnx.Graph, module, input, "reflect"))
        .With<ReplicationPad1d>((onnx, module, input) => Pad(onnx.Graph, module, input, "edge"))
        .With<ReplicationPad2d>((onnx, module, input) => Pad(onnx.Graph, module, input, "edge"));

    private static OnnxValue Upsample(OnnxModuleScope onnx, Upsample module, OnnxValue input)
    {
        var spatial = input.Shape.Rank - 2;
        var aligned = module.align_corners == true;
        var resampling = module.mode switch
        {
            torch.UpsampleMode.Nearest => OnnxResampling.Nearest,
            torch.UpsampleMode.Linear or torch.UpsampleMode.Bilinear or torch.UpsampleMode.Trilinear => aligned ? OnnxResampling.LinearAlignedCorners : OnnxResampling.Linear,
            torch.UpsampleMode.Bicubic => aligned ? OnnxResampling.CubicAlignedCorners : OnnxResampling.Cubic,
            _ => throw new OnnxGraphException($"mode {module.mode} is not known."),
        };
        if (module.size.Length > 0)
        {
            return onnx.Graph.ResizeTo(input, Spread(module.size.ToArray(), spatial), resampling);
        }

        double[] factors = Spread(module.scale_factor.ToArray(), spatial);
        if (module.recompute_scale_factor != true || factors.All(double.IsInteger))
        {
            return onnx.Graph.ResizeBy(input, factors, resampling);
        }

        // The factor is recomputed from the lengths, which come from the factor.
        return onnx.Graph.ResizeTo(
            input,
            [.. factors.Select((factor, axis) => (long)Math.Floor(factor * (input.Shape[axis + 2].Value
                ?? throw new OnnxGraphException($"got {input}; a recomputed factor of {factor} takes a known length of axis {axis + 2}."))))],
            resampling);
    }

    private static T[] Spread<T>(T[] numbers, int rank) => numbers.Length == 1 ? [.. Enumerable.Repeat(numbers[0], rank)] : numbers;

    /// <summary>A convolution that picks each element of a block into a channel of its own: its order is PyTorch's, and lengths may be symbols.</summary>
    private static OnnxValue Unshuffle(OnnxGraphBuilder graph, OnnxValue input, long block)
    {
        var channels = input.Shape.Rank == 4 && input.Shape[1].Value is { } known
            ? known
            : throw new OnnxGraphException($"got {input}; expected [B, C, H, W] with known C.");
        var picked = block * block;
        var weights = new float[channels * picked * picked];
        for (long output = 0; output < channels * picked; output++)
        {
            weights[(output * picked) + (output % picked)] = 1;
        }

        return graph.Conv(
            input, graph.Constant("pick", weights, channels * picked, 1, block, block), null, OnnxWindow.Square(block, block), channels);
    }

    private static OnnxValue ShuffleChannels(OnnxGraphBuilder graph, OnnxValue input, long groups)
    {
        var shape = input.Shape;
        var split = graph.Reshape(input, [shape[0], groups, shape[1].DividedBy(groups), .. shape.Skip(2)]);
        var swapped = graph.Transpose(split, [0, 2, 1, .. Enumerable.Range(3, shape.Rank - 2)]);
        return graph.ReshapeLike(swapped, input);
    }

    private static OnnxValue Pad(OnnxGraphBuilder graph, PadBase module, OnnxValue input, string mode)
    {
        // PyTorch names the last axis first.
        var pads = new (long Before, long After)[input.Shape.Rank];
        for (var pair = 0; pair < module.padding.Length / 2; pair++)
        {
            pads[^(pair + 1)] = (module.padding[pair * 2], module.padding[(pair * 2) + 1]);
        }

        return graph.Pad(input, pads, mode, (float)module.value);
    }
}
