using IMDD.Learning.Networks.Diffusion;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Diffusion;

public sealed class UnetGoldenTests
{
    public static TheoryData<string> Files => GoldenTensors.Cases("unet-*.safetensors");

    [Theory]
    [MemberData(nameof(Files))]
    public void Trace_ReferenceTensors_Match(string name)
    {
        using var golden = GoldenTensors.Open(name);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var configuration = UnetConfiguration.Parse(golden.Configuration, name);
        using Unet unet = new(configuration);
        ModuleWeights.Load(unet, golden.Files, GoldenTensors.Weights(WeightNames.DiffusersUnet)).RequireExactly();
        Dictionary<UnetTap, string> expected = new()
        {
            [new UnetTap(UnetStage.TimeProjection)] = "output.time_proj",
            [new UnetTap(UnetStage.Middle)] = "output.mid_block",
            [UnetTap.Prediction] = "output.sample",
        };
        for (var level = 0; level < configuration.Levels; level++)
        {
            expected[new UnetTap(UnetStage.Down, level)] = $"output.down_blocks.{level}";
            expected[new UnetTap(UnetStage.Up, level)] = $"output.up_blocks.{level}";
        }

        using var trace = unet.Trace(golden["input.sample"], golden["input.timestep"], golden["input.encoder_hidden_states"], expected.Keys);

        foreach (var (tap, output) in expected.Where(pair => golden.Files.Tensors.ContainsKey(pair.Value)))
        {
            golden.ShouldMatch(trace[tap], output);
        }

        golden.Files.Tensors.Keys.Where(tensor => tensor.StartsWith("output.", StringComparison.Ordinal)).Except(expected.Values).ShouldBeEmpty();
    }
}
