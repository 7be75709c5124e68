using IMDD.Learning.Onnx.Graph;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests;

/// <summary>Alone in its collection: the number of live tensors is the process's.</summary>
[CollectionDefinition(nameof(TensorLeakTests), DisableParallelization = true)]
[Collection(nameof(TensorLeakTests))]
public sealed class TensorLeakTests
{
    private static readonly OnnxShape Map = [TorchParity.B, 3, OnnxDimension.Symbolic("H"), OnnxDimension.Symbolic("W")];

    [Fact]
    public void Export_Twice_SameBytesAndNoTensorKept()
    {
        using var module = TorchParity.Prepared(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.GroupNorm(2, 4), nn.ReLU()));
        var before = Tensor.TotalCount;

        var first = TorchOnnxExporter.Export(module, Map).ToBytes();
        var second = TorchOnnxExporter.Export(module, Map).ToBytes();

        Tensor.TotalCount.ShouldBe(before);
        second.ShouldBe(first);
    }

    [Fact]
    public void Export_Attention_NoTensorKept()
    {
        using var module = TorchParity.Prepared(new Topologies.TextBlock(8, 2, 5));
        TorchOnnxExporter.Export(module, [TorchParity.B, 5, 8]);
        var before = Tensor.TotalCount;

        TorchOnnxExporter.Export(module, [TorchParity.B, 5, 8]);

        Tensor.TotalCount.ShouldBe(before);
    }
}
