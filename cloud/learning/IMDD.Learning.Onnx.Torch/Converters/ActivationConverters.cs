using IMDD.Learning.Onnx.Graph;
using TorchSharp.Modules;

namespace IMDD.Learning.Onnx.Torch.Converters;

/// <summary>Activation functions.</summary>
internal static class ActivationConverters
{
    public static OnnxModuleConverters AddTo(OnnxModuleConverters converters) => AddShares(AddBounded(AddSmooth(converters)));

    private static OnnxModuleConverters AddSmooth(OnnxModuleConverters converters) => converters
        .With<Sigmoid>((onnx, _, input) => onnx.Graph.Sigmoid(input))
        .With<Tanh>((onnx, _, input) => onnx.Graph.Tanh(input))
        .With<SiLU>((onnx, _, input) => onnx.Graph.Silu(input))
        .With<Mish>((onnx, _, input) => onnx.Graph.Mish(input))
        .With<GELU>((onnx, module, input) => module.approximate == GELU.Approximate.tanh ? onnx.Graph.GeluTanh(input) : onnx.Graph.Gelu(input))
        .With<ELU>((onnx, module, input) => onnx.Graph.Elu(input, (float)module.alpha))
        .With<SELU>((onnx, _, input) => onnx.Graph.Selu(input))
        .With<Softplus>(Softplus)
        .With<Softsign>((onnx, _, input) => onnx.Graph.Softsign(input))
        .With<Tanhshrink>((onnx, _, input) => onnx.Graph.Sub(input, onnx.Graph.Tanh(input)))
        .With<LogSigmoid>((onnx, _, input) => onnx.Graph.Neg(onnx.Graph.Softplus(onnx.Graph.Neg(input))));

    private static OnnxModuleConverters AddBounded(OnnxModuleConverters converters) => converters
        .With<ReLU>((onnx, _, input) => onnx.Graph.Relu(input))
        .With<ReLU6>((onnx, _, input) => onnx.Graph.Clip(input, 0, 6))
        .With<LeakyReLU>((onnx, module, input) => onnx.Graph.LeakyRelu(input, (float)module.negative_slope))

        // In eval mode its slope is the middle of the range that it is drawn from.
        .With<RReLU>((onnx, module, input) => onnx.Graph.LeakyRelu(input, (float)((module.lower + module.upper) / 2)))
        .With<PReLU>((onnx, module, input) =>
        {
            var slopes = onnx.Parameter("weight", module.weight);
            return onnx.Graph.PRelu(input, input.Shape.Rank > 2 && module.num_parameters > 1 ? onnx.Graph.PerChannel(slopes, input.Shape.Rank) : slopes);
        })
        .With<Hardsigmoid>((onnx, _, input) => onnx.Graph.HardSigmoid(input))
        .With<Hardswish>((onnx, _, input) => onnx.Graph.HardSwish(input));

    private static OnnxModuleConverters AddShares(OnnxModuleConverters converters) => converters
        .With<Softmax>((onnx, module, input) => onnx.Graph.Softmax(input, (int)module.dim))
        .With<Softmin>((onnx, module, input) => onnx.Graph.Softmax(onnx.Graph.Neg(input), (int)module.dim))
        .With<Softmax2d>((onnx, _, input) => onnx.Graph.Softmax(input, -3))
        .With<LogSoftmax>((onnx, module, input) => onnx.Graph.LogSoftmax(input, (int)module.dim))
        .With<GLU>((onnx, module, input) =>
        {
            var halves = onnx.Graph.Split(input, (int)module.dim, 2);
            return onnx.Graph.Mul(halves[0], onnx.Graph.Sigmoid(halves[1]));
        });

    private static OnnxValue Softplus(OnnxModuleScope onnx, Softplus module, OnnxValue input)
    {
        // Beyond the threshold PyTorch gives the input itself, where the function differs from it by less than e⁻ᵗ/β.
        var beta = onnx.Graph.Scalar((float)module.beta);
        var scaled = onnx.Graph.Mul(input, beta);
        var soft = onnx.Graph.Div(onnx.Graph.Softplus(scaled), beta);
        return onnx.Graph.Where(onnx.Graph.Greater(scaled, onnx.Graph.Scalar((float)module.threshold)), input, soft);
    }
}
