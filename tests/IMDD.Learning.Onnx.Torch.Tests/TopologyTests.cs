using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Parity;
using IMDD.Learning.Onnx.Torch.Tests.Topologies;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests;

/// <summary>Twelve public topologies of plain torch.nn modules, batches of one and three, odd sizes where the topology permits.</summary>
public sealed class TopologyTests
{
    private static readonly OnnxDimension B = TorchParity.B;
    private static readonly OnnxShape Map = [B, 8, OnnxDimension.Symbolic("H"), OnnxDimension.Symbolic("W")];
    private static readonly OnnxShape Picture = [B, 3, OnnxDimension.Symbolic("H"), OnnxDimension.Symbolic("W")];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Export_ResNetBasicBlock_Agrees(long stride) => OnMaps(new BasicBlock(8, 8 * stride, stride));

    [Fact]
    public void Export_ResNetBottleneck_Agrees() => OnMaps(new Bottleneck(8, 6, 2, 2));

    [Fact]
    public void Export_MobileNetInvertedResidual_Agrees() => OnMaps(new InvertedResidual(8, 3));

    [Fact]
    public void Export_ConvNextBlock_Agrees() => OnMaps(new ConvNextBlock(8));

    [Fact]
    public void Export_DeepLabSpatialPyramid_Agrees() => OnMaps(new SpatialPyramid(8, 6));

    [Fact]
    public void Export_DenseBlock_Agrees() => OnMaps(new DenseBlock(8, 4, 3));

    [Fact]
    public void Export_InceptionBlock_Agrees() => OnMaps(new InceptionBlock(8, 5));

    [Fact]
    public void Export_LatentDecoderBlock_Agrees() => OnMaps(new DecoderBlock(8, 4));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Export_VitBlock_Agrees(bool microsoftAttention)
    {
        using var module = TorchParity.Prepared(new VitBlock(4, 5, 24, 3));

        TorchParity.Check(module, [B, 3, 20, 20], [[1, 3, 20, 20], [3, 3, 20, 20]], new TorchExportOptions { UseMicrosoftAttention = microsoftAttention });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Export_ClipTextBlock_Agrees(bool microsoftAttention)
    {
        using var module = TorchParity.Prepared(new TextBlock(16, 4, 9));

        TorchParity.Check(module, [B, 9, 16], [[1, 9, 16], [3, 9, 16]], new TorchExportOptions { UseMicrosoftAttention = microsoftAttention });
    }

    [Fact]
    public void Export_UNet_AgreesOnOddSizes()
    {
        using var module = TorchParity.Prepared(new UNet(4));

        TorchParity.Check(module, Picture, [[1, 3, 16, 24], [3, 3, 17, 23]]);
    }

    [Fact]
    public void Export_FeaturePyramid_AgreesAtEveryLevel()
    {
        using var module = TorchParity.Prepared(new FeaturePyramid(8));
        string[] names = ["fine", "middle", "coarse"];
        var model = TorchOnnxExporter.Export(module, [OnnxInput.Floats("image", Picture)], names);
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        List<OnnxProbe> probes = [];
        foreach (var shape in new long[][] { [1, 3, 32, 32], [3, 3, 37, 29] })
        {
            probes.Add(TorchProbes.Record($"{probes.Count}", [("image", randn(shape, generator: generator))], names, inputs => module.call(inputs[0])));
        }

        var report = OnnxParityGate.Check(model, probes);

        report.Passed.ShouldBeTrue(report.ToString());
        model.Outputs[1].Shape[2].ToString().ShouldBe("floor(floor((H-1)/2)/2)+1");
    }

    private static void OnMaps<TModule>(TModule made)
        where TModule : nn.Module<Tensor, Tensor>
    {
        using var module = TorchParity.Prepared(made);

        TorchParity.Check(module, Map, [[1, 8, 16, 12], [3, 8, 13, 17]]);
    }
}
