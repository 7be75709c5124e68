using IMDD.Learning.Onnx.Graph;
using TorchSharp;
using TorchSharp.Modules;

namespace IMDD.Learning.Onnx.Torch.Converters;

/// <summary>Convolutions of one, two and three dimensions, and transposed ones.</summary>
internal static class ConvolutionConverters
{
    public static OnnxModuleConverters AddTo(OnnxModuleConverters converters) => converters
        .With<Convolution>(Convolve)
        .With<ConvolutionTranspose>(Transpose);

    private static OnnxValue Convolve(OnnxModuleScope onnx, Convolution module, OnnxValue input)
    {
        var window = Window(module);
        if (module.padding_mode != PaddingModes.Zeros)
        {
            // The operator pads with zeros only: other padding is a node of its own before it.
            var pads = window.PadsBefore.Zip(window.PadsAfter, (before, after) => (before, after));
            input = onnx.Graph.Pad(input, [(0, 0), (0, 0), .. pads], Mode(module.padding_mode));
            window = OnnxWindow.Of(window.Kernel, window.Strides, null, window.Dilations);
        }

        return onnx.Graph.Conv(input, onnx.Parameter("weight", module.weight), onnx.Optional("bias", module.bias), window, module.groups);
    }

    private static OnnxValue Transpose(OnnxModuleScope onnx, ConvolutionTranspose module, OnnxValue input)
        => onnx.Graph.ConvTranspose(
            input, onnx.Parameter("weight", module.weight), onnx.Optional("bias", module.bias), Window(module), module.output_padding, module.groups);

    private static OnnxWindow Window(Convolution module)
    {
        var window = OnnxWindow.Of(module.kernel_size, module.stride, module.padding, module.dilation);
        if (module.padding_type is not { } type)
        {
            return window;
        }

        // "same" keeps the length: the odd element goes to the end; "valid" pads nothing.
        long[] totals = [.. window.Kernel.Select((kernel, axis) => type == Padding.Same ? window.Dilations[axis] * (kernel - 1) : 0)];
        return window with { PadsBefore = [.. totals.Select(total => total / 2)], PadsAfter = [.. totals.Select(total => total - (total / 2))] };
    }

    private static string Mode(PaddingModes mode) => mode switch
    {
        PaddingModes.Reflect => "reflect",
        PaddingModes.Replicate => "edge",
        PaddingModes.Circular => "wrap",
        _ => throw new OnnxGraphException($"padding mode {mode} is not known."),
    };
}
