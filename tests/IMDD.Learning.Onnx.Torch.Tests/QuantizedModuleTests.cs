using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Quantization;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests;

/// <summary>What of an exported module computes in eight bits.</summary>
public sealed class QuantizedModuleTests
{
    [Fact]
    public void Quantize_FirstLayerBehindARearrangement_StaysInFloats()
    {
        using var module = TorchParity.Prepared(nn.Sequential(
            nn.PixelUnshuffle(2), nn.Conv2d(12, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.ReLU(), nn.Conv2d(8, 1, 1)));

        Kept(module, new Int8Options()).ShouldBe(["0/Conv", "1/Conv", "5/Conv"]);
    }

    [Fact]
    public void Quantize_LastLayerBeforeMeans_StaysInFloats()
    {
        using var module = TorchParity.Prepared(nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 4, 3), nn.AdaptiveAvgPool2d([2, 3])));

        Kept(module, new Int8Options { KeepFirst = false }).ShouldBe(["2/Conv", "3/MatMul_1"]);
    }

    private static IReadOnlyList<string> Kept(nn.Module<Tensor, Tensor> module, Int8Options options)
    {
        var model = TorchOnnxExporter.Export(module, [TorchParity.B, 3, 16, 16]);
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var picture = randn([1, 3, 16, 16], generator: generator).ToOnnx();
        var (_, report) = Int8Quantization.Quantize(
            model, () => [new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { ["x"] = picture }], options);
        report.QuantizedNodes["Conv"].ShouldBe(1);
        return report.KeptNodes;
    }
}
