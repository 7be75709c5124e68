using TorchSharp.Modules;

namespace IMDD.Learning.Onnx.Torch.Converters;

/// <summary>Modules that hold others, or do nothing in eval mode.</summary>
internal static class ContainerConverters
{
    public static OnnxModuleConverters AddTo(OnnxModuleConverters converters) => converters
        .With<Sequential>((onnx, module, input) => module.named_children().Aggregate(input, (value, child) => onnx.Call(child.Item2, value)))
        .With<Identity>((_, _, input) => input)
        .With<Dropout>((_, _, input) => input)
        .With<Dropout1d>((_, _, input) => input)
        .With<Dropout2d>((_, _, input) => input)
        .With<Dropout3d>((_, _, input) => input)
        .With<AlphaDropout>((_, _, input) => input)
        .With<FeatureAlphaDropout>((_, _, input) => input);
}
