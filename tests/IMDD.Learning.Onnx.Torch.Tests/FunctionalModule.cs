using IMDD.Learning.Onnx.Graph;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests;

/// <summary>A function of libtorch and the operators that are said to compute the same.</summary>
internal sealed class FunctionalModule(Func<Tensor, Tensor> function, Func<OnnxGraphBuilder, OnnxValue, OnnxValue> operators)
    : nn.Module<Tensor, Tensor>(nameof(FunctionalModule)), IOnnxExportable
{
    public override Tensor forward(Tensor input) => function(input);

    public OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input) => operators(onnx.Graph, input);
}
