using IMDD.Learning.Onnx.Graph;
using TorchSharp;
using TorchSharp.Modules;

namespace IMDD.Learning.Onnx.Torch.Converters;

/// <summary>Normalisations.</summary>
internal static class NormalizationConverters
{
    public static OnnxModuleConverters AddTo(OnnxModuleConverters converters) => converters
        .With<BatchNorm>((onnx, module, input) => module.track_running_stats
            ? Fixed(onnx, module, input)
            : throw new OnnxGraphException("normalises by the batch at hand even in eval mode (track_running_stats is off)."))
        .With<InstanceNorm>((onnx, module, input) => module.track_running_stats ? Fixed(onnx, module, input) : Instance(onnx, module, input))
        .With<GroupNorm>((onnx, module, input) => onnx.Graph.GroupNormalization(
            input,
            module.num_groups,
            onnx.Optional("weight", module.weight),
            onnx.Optional("bias", module.bias),
            (float)module.eps))
        .With<LayerNorm>((onnx, module, input) => onnx.Graph.LayerNormalization(
            input,
            onnx.Parameter("weight", module.weight ?? torch.ones(module.normalized_shape)),
            onnx.Optional("bias", module.bias),
            (float)module.eps));

    private static OnnxValue Fixed(OnnxModuleScope onnx, NormBase module, OnnxValue input)
    {
        var (weight, bias) = Affine(onnx, module);
        return onnx.Graph.BatchNormalization(
            input, weight, bias, onnx.Parameter("running_mean", module.running_mean!), onnx.Parameter("running_var", module.running_var!), (float)module.eps);
    }

    private static OnnxValue Instance(OnnxModuleScope onnx, NormBase module, OnnxValue input)
    {
        var (weight, bias) = Affine(onnx, module);
        return onnx.Graph.InstanceNormalization(input, weight, bias, (float)module.eps);
    }

    private static (OnnxValue Weight, OnnxValue Bias) Affine(OnnxModuleScope onnx, NormBase module)
        => (onnx.Parameter("weight", module.weight ?? torch.ones(module.num_features)), onnx.Parameter("bias", module.bias ?? torch.zeros(module.num_features)));
}
