using IMDD.Learning.Networks.Diffusion;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Diffusion;

public sealed class VaeGoldenTests
{
    public static TheoryData<string> Files => GoldenTensors.Cases("vae-*.safetensors");

    [Theory]
    [MemberData(nameof(Files))]
    public void EncodeDecode_ReferenceTensors_Match(string name)
    {
        using var golden = GoldenTensors.Open(name);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using Vae vae = new(VaeConfiguration.Parse(golden.Configuration, name));
        ModuleWeights.Load(vae, golden.Files, GoldenTensors.Weights(WeightNames.DiffusersVae)).RequireExactly();

        var posterior = vae.Encode(golden["input.image"]);

        golden.ShouldMatch(posterior.Mean, "output.mean");
        golden.ShouldMatch(posterior.LogVariance, "output.logvar");
        golden.ShouldMatch(vae.Decode(golden["output.mean"]), "output.decoded_mean");
    }
}
