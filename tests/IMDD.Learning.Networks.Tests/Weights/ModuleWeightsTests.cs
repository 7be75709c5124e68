using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights;
using IMDD.Learning.Weights.Files;
using IMDD.Safetensors;
using IMDD.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Weights;

public sealed class ModuleWeightsTests : IDisposable
{
    private readonly TestDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ScalarType.Float32, 0)]
    [InlineData(ScalarType.Float16, 1e-3)]
    [InlineData(ScalarType.BFloat16, 1e-2)]
    public void Load_WhatWasSaved_IsEqualWithinItsPrecision(ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var saved = nn.Linear(5, 3, dtype: type);
        using var loaded = nn.Linear(5, 3);
        ModuleWeights.Save(saved, _folder.File("linear.safetensors"), new Dictionary<string, string> { ["width"] = "3" });
        using var files = WeightFiles.OpenFile(_folder.File("linear.safetensors"));

        ModuleWeights.Load(loaded, files, WeightNames.DiffusersUnet).Extra.ShouldBeEmpty();

        loaded.weight!.dtype.ShouldBe(ScalarType.Float32);
        loaded.weight.allclose(saved.weight!.to(float32), rtol: 0, atol: tolerance).ShouldBeTrue();
        loaded.bias!.allclose(saved.bias!.to(float32), rtol: 0, atol: tolerance).ShouldBeTrue();
        files.Metadata["width"].ShouldBe("3");
    }

    [Fact]
    public void Load_MisshapenTensor_IsNamedAndNothingIsCopied()
    {
        using var scope = NewDisposeScope();
        using var saved = nn.Linear(5, 4);
        using var loaded = nn.Linear(5, 3);
        var before = loaded.bias!.clone();
        ModuleWeights.Save(saved, _folder.File("linear.safetensors"));
        using var files = WeightFiles.OpenFile(_folder.File("linear.safetensors"));

        var message = Should.Throw<WeightsException>(() => ModuleWeights.Load(loaded, files, WeightNames.DiffusersUnet)).Message;

        message.ShouldContain("weight [4, 5], expected [3, 5]");
        message.ShouldContain("bias [4], expected [3]");
        loaded.bias.allclose(before, rtol: 0, atol: 0).ShouldBeTrue();
    }

    [Fact]
    public void Load_ElementTypeThatLibtorchLacks_IsNamed()
    {
        using var scope = NewDisposeScope();
        using var loaded = nn.Linear(1, 1);
        SafetensorsWriter.Write(
            _folder.File("linear.safetensors"),
            [new("weight", SafetensorsType.U32, [1, 1], new byte[4]), new("bias", SafetensorsType.U32, [1], new byte[4])]);
        using var files = WeightFiles.OpenFile(_folder.File("linear.safetensors"));

        Should.Throw<WeightsException>(() => ModuleWeights.Load(loaded, files, WeightNames.DiffusersUnet)).Message.ShouldContain("dtype U32");
    }

    [Fact]
    public void Load_ManyTimes_LeavesNoTensors()
    {
        using var scope = NewDisposeScope();
        using var linear = nn.Linear(5, 3);
        ModuleWeights.Save(linear, _folder.File("linear.safetensors"));
        using var files = WeightFiles.OpenFile(_folder.File("linear.safetensors"));
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var time = 0; time < 50; time++)
        {
            ModuleWeights.Load(linear, files, WeightNames.DiffusersUnet);
        }

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }
}
