using IMDD.Learning.Onnx.Graph;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests;

/// <summary>Operators that no module of torch.nn stands for, against the functions of libtorch, with symbols for batch, height and width.</summary>
public sealed class OperatorTests
{
    private static readonly OnnxDimension H = OnnxDimension.Symbolic("H");
    private static readonly OnnxDimension W = OnnxDimension.Symbolic("W");

    private static readonly Dictionary<string, (Func<Tensor, Tensor> Torch, Func<OnnxGraphBuilder, OnnxValue, OnnxValue> Onnx)> Cases = new(StringComparer.Ordinal)
    {
        ["exp"] = (x => x.exp(), (graph, x) => graph.Exp(x)),
        ["log of a magnitude"] = (x => x.abs().add(0.1).log(), (graph, x) => graph.Log(graph.Add(graph.Abs(x), graph.Scalar(0.1f)))),
        ["sin and cos"] = (x => x.sin() * x.cos(), (graph, x) => graph.Mul(graph.Sin(x), graph.Cos(x))),
        ["erf"] = (x => x.erf(), (graph, x) => graph.Erf(x)),
        ["pow"] = (x => x.pow(3), (graph, x) => graph.Pow(x, graph.Scalar(3))),
        ["minimum"] = (x => minimum(x, x.neg()), (graph, x) => graph.Min(x, graph.Neg(x))),
        ["clamp below"] = (x => x.clamp_min(0.3), (graph, x) => graph.Clip(x, 0.3f, null)),
        ["clamp above"] = (x => x.clamp_max(0.3), (graph, x) => graph.Clip(x, null, 0.3f)),
        ["where"] = (
            x => where(x.lt(0).logical_not(), x, x * 2),
            (graph, x) => graph.Where(graph.Not(graph.Less(x, graph.Scalar(0))), x, graph.Mul(x, graph.Scalar(2)))),
        ["sum over space"] = (x => x.sum([2L, 3L], true), (graph, x) => graph.ReduceSum(x, 2, 3)),
        ["least over channels"] = (x => x.amin([1L], true), (graph, x) => graph.ReduceMin(x, 1)),
        ["normalise over channels"] = (x => nn.functional.normalize(x, 2, 1), (graph, x) => graph.NormalizeL2(x, 1, 1e-12f)),
        ["transpose"] = (x => x.permute(3, 1, 0, 2), (graph, x) => graph.Transpose(x, 3, 1, 0, 2)),
        ["slice to the last but one"] = (x => x.narrow(3, 1, x.shape[3] - 2), (graph, x) => graph.Slice(x, 3, 1, -1)),
        ["slice of the last two"] = (x => x.narrow(2, x.shape[2] - 2, 2), (graph, x) => graph.Slice(x, 2, -2, long.MaxValue)),
        ["split and concat in turn"] = (
            x => cat([.. x.chunk(2, 1).Reverse()], 1),
            (graph, x) => graph.Concat(1, [.. graph.Split(x, 1, 2).Reverse()])),
        ["concat along a length that varies"] = (x => cat([x, x.mul(2)], 2), (graph, x) => graph.Concat(2, x, graph.Mul(x, graph.Scalar(2)))),
        ["crop by negative padding"] = (
            x => x.narrow(2, 1, x.shape[2] - 2), (graph, x) => graph.Pad(x, [(0, 0), (0, 0), (-1, -1), (0, 0)])),
        ["nearest-exact by two"] = (
            x => nn.functional.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.NearestExact),
            (graph, x) => graph.ResizeBy(x, [2, 2], OnnxResampling.NearestExact)),
        ["nearest-exact to a length"] = (
            x => nn.functional.interpolate(x, [7, 5], mode: InterpolationMode.NearestExact), (graph, x) => graph.ResizeTo(x, [7, 5], OnnxResampling.NearestExact)),
        ["nearest to a length"] = (
            x => nn.functional.interpolate(x, [7, 5], mode: InterpolationMode.Nearest), (graph, x) => graph.ResizeTo(x, [7, 5], OnnxResampling.Nearest)),
        ["bilinear to a length, corners kept"] = (
            x => nn.functional.interpolate(x, [7, 30], mode: InterpolationMode.Bilinear, align_corners: true),
            (graph, x) => graph.ResizeTo(x, [7, 30], OnnxResampling.LinearAlignedCorners)),
        ["bicubic to a length"] = (
            x => nn.functional.interpolate(x, [7, 30], mode: InterpolationMode.Bicubic, align_corners: false),
            (graph, x) => graph.ResizeTo(x, [7, 30], OnnxResampling.Cubic)),
        ["matrix product of map and its transpose"] = (
            x => x.matmul(x.transpose(2, 3)), (graph, x) => graph.MatMul(x, graph.Transpose(x, 0, 1, 3, 2))),
        ["attention over pixels in two heads"] = (
            x =>
            {
                var heads = x.flatten(2).transpose(1, 2).reshape(x.shape[0], -1, 2, 2).transpose(1, 2);
                return nn.functional.scaled_dot_product_attention(heads, heads, heads).transpose(1, 2).reshape(x.shape[0], -1, 4);
            },
            (graph, x) =>
            {
                var pixels = graph.Transpose(graph.Reshape(x, [x.Shape[0], x.Shape[1], x.Shape[2].Times(x.Shape[3])]), 0, 2, 1);
                var heads = graph.SplitHeads(pixels, 2);
                return graph.JoinHeads(graph.Attention(heads, heads, heads));
            }
        ),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Operators_AgainstLibtorch_Agree(string name)
    {
        var (function, operators) = Cases[name];
        using var module = new FunctionalModule(function, operators);
        module.eval();

        TorchParity.Check(module, [TorchParity.B, 4, H, W], [[1, 4, 6, 8], [3, 4, 9, 5]]);
    }

    [Fact]
    public void ExportOnnx_OtherThanForward_IsNoticed()
    {
        using var module = new FunctionalModule(x => x.tanh(), (graph, x) => graph.Sigmoid(x));
        module.eval();

        Should.Throw<ShouldAssertException>(() => TorchParity.Check(module, [TorchParity.B, 4, H, W], [[1, 4, 6, 8]])).Message.ShouldContain("output 'y'");
    }
}
