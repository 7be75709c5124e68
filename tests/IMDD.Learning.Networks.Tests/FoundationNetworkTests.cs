using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Layouts;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests;

public sealed class FoundationNetworkTests
{
    public static TheoryData<string> Names => [.. FoundationConfiguration.Known];

    [Theory]
    [MemberData(nameof(Names))]
    public void Network_KnownConfiguration_HasItsLayoutsTensors(string name)
    {
        using var scope = NewDisposeScope();
        var configuration = FoundationConfiguration.Of(name);
        using FoundationNetwork network = new(configuration, Placement.Meta);

        Lines(ModuleWeights.LayoutOf(network)).ShouldBe(Lines(FoundationLayout.Of(configuration)));
    }

    [Fact]
    public void Features_TinyModel_AreTheDenoisingNetworksMaps()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var configuration = FoundationConfiguration.Of("tiny");
        using FoundationNetwork network = new(configuration);

        var features = network.Features(rand(2, 3, 64, 96), network.EmptyStates());

        features.Maps.Select(map => string.Join(',', map.shape)).ShouldBe(["2,16,16,24", "2,32,8,12", "2,32,4,6", "2,32,2,3"]);
        features.Image.shape.ShouldBe([2, 16]);
        network.Features(ones(1, 3, 64, 64), network.EmptyStates()).Maps[0]
            .allclose(network.Features(ones(1, 3, 64, 64), network.EmptyStates()).Maps[0], rtol: 0, atol: 0).ShouldBeTrue("its noise is always the same");
    }

    /// <summary>The map that comes in addition is what the autoencoder's encoder sees; the others stay what they are.</summary>
    [Fact]
    public void Features_FineMasks_HaveTheAutoencodersMapFirst()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var tiny = FoundationConfiguration.Of("tiny");
        var fine = tiny with { FineMasks = true, Masks = tiny.Masks with { InChannels = [16, .. tiny.Masks.InChannels] } };
        manual_seed(1);
        using FoundationNetwork network = new(fine);
        var images = rand(2, 3, 64, 96);

        var features = network.Features(images, network.EmptyStates());

        features.Maps.Select(map => string.Join(',', map.shape)).ShouldBe(["2,16,32,48", "2,16,16,24", "2,32,8,12", "2,32,4,6", "2,32,2,3"]);
        var (mean, detail) = network.Vae.EncodeWithDetail((2 * images) - 1);
        mean.allclose(network.Vae.EncodeMean((2 * images) - 1), rtol: 0, atol: 0).ShouldBeTrue();
        features.Maps[0].allclose(detail, rtol: 0, atol: 0).ShouldBeTrue();
        network.Masks.Predict(network.Masks.Pixels(features.Maps))[^1].Masks.shape.ShouldBe([2, 10, 32, 48]);
        Lines(ModuleWeights.LayoutOf(network)).ShouldBe(Lines(FoundationLayout.Of(fine)));
    }

    [Fact]
    public void Features_ImageBeyondTheNoise_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using FoundationNetwork network = new(FoundationConfiguration.Of("tiny"));

        Should.Throw<ArgumentException>(() => network.Features(zeros(1, 3, 32, 544), network.EmptyStates())).Message.ShouldContain("at most 512");
    }

    private static IEnumerable<string> Lines(TensorLayout layout)
        => layout.Shapes.Select(pair => $"{pair.Key} [{string.Join(',', pair.Value)}]").Order(StringComparer.Ordinal);
}
