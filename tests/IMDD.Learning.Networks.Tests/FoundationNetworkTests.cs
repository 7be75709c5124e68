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
