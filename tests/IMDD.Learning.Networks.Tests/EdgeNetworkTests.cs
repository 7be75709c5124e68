using IMDD.Learning.Networks.Blocks;
using TorchSharp;

namespace IMDD.Learning.Networks.Tests;

public sealed class EdgeNetworkTests
{
    [Theory]
    [InlineData(NetworkSize.Nano, 4, false, 200_000, 400_000)]
    [InlineData(NetworkSize.Nano, 4, true, 200_000, 400_000)]
    [InlineData(NetworkSize.Small, 4, false, 600_000, 1_200_000)]
    [InlineData(NetworkSize.Small, 2, true, 600_000, 1_200_000)]
    [InlineData(NetworkSize.Base, 4, false, 2_000_000, 3_000_000)]
    [InlineData(NetworkSize.Base, 2, true, 2_000_000, 3_000_000)]
    public void Forward_AnySize_HasTheShapesOfTheContract(NetworkSize size, int outputStride, bool attention, long least, long most)
    {
        using var scope = torch.NewDisposeScope();
        EdgeNetworkOptions options = new() { Size = size, OutputStride = outputStride, Attention = attention };
        using EdgeNetwork network = new(options);
        network.eval();

        var features = network.forward(torch.rand(2, 3, 64, 96), null);

        network.parameters().Sum(p => p.numel()).ShouldBeInRange(least, most);
        features.Defect.shape.ShouldBe([2, 64 / outputStride, 96 / outputStride]);
        features.Embedding.shape.ShouldBe([2, options.EmbeddingLength, 64 / outputStride, 96 / outputStride]);
        features.Frame.shape.ShouldBe([2, network.FrameLength]);
        features.Embedding.norm(1).ShouldBeWithin(1, 1e-3);
    }

    [Fact]
    public void Forward_BatchOfTwo_EachIsWhatItIsAlone()
    {
        using var scope = torch.NewDisposeScope();
        using EdgeNetwork network = new(new EdgeNetworkOptions { Size = NetworkSize.Nano });
        network.eval();
        var images = torch.rand(2, 3, 64, 64);

        var together = network.forward(images, null);
        var alone = network.forward(images.slice(0, 1, 2, 1), null);

        together.Defect.slice(0, 1, 2, 1).ShouldBeWithin(alone.Defect, 1e-4);
    }

    /// <summary>The same weights, and what they would be shown of the picture drawn at twice its size.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forward_Doubled_IsThatOfThePictureAtTwiceItsSize(bool usesReference)
    {
        using var scope = torch.NewDisposeScope();
        EdgeNetworkOptions options = new() { Size = NetworkSize.Nano, UsesReference = usesReference, Attention = true, SideBranches = 1 };
        using EdgeNetwork network = new(options), doubled = new(options with { Doubled = true, OutputStride = 2 });
        doubled.load_state_dict(network.state_dict());
        network.eval();
        doubled.eval();
        var (image, reference) = (torch.rand(2, 3, 32, 64), usesReference ? torch.rand(2, 3, 32, 64) : null);

        var features = doubled.forward(image, reference);

        var expected = network.forward(Twice(image)!, Twice(reference));
        features.Defect.shape.ShouldBe([2, 16, 32]);
        features.Defect.ShouldBeWithin(expected.Defect, 1e-5);
        features.Embedding.ShouldBeWithin(expected.Embedding, 1e-5);
        features.Frame.ShouldBeWithin(expected.Frame, 1e-5);
        doubled.ForwardBranches(image, reference, 0).ShouldBeWithin(network.ForwardBranches(Twice(image)!, Twice(reference), 0), 1e-5);

        static torch.Tensor? Twice(torch.Tensor? pictures) => pictures is null
            ? null
            : torch.nn.functional.interpolate(pictures, [64, 128], mode: torch.InterpolationMode.Bilinear, align_corners: false);
    }

    [Fact]
    public void Forward_WithAReference_ItMatters()
    {
        using var scope = torch.NewDisposeScope();
        using EdgeNetwork network = new(new EdgeNetworkOptions { Size = NetworkSize.Nano, UsesReference = true });
        network.eval();
        var image = torch.rand(1, 3, 64, 64);

        var same = network.forward(image, image);
        var other = network.forward(image, torch.rand(1, 3, 64, 64));

        TensorComparison.LargestDifference(same.Defect, other.Defect).ShouldBeInRange(1e-4, double.MaxValue);
    }

    [Fact]
    public void Attention_AsDrawn_IsTheIdentity()
    {
        using var scope = torch.NewDisposeScope();
        using MapAttention attention = new(16, 16);
        var map = torch.rand(2, 16, 3, 5);

        TensorComparison.LargestDifference(attention.forward(map), map).ShouldBe(0);
    }

    /// <summary>A cell gathers from all by what they look like, wherever they are: cells that change places take what they say along.</summary>
    [Fact]
    public void Attention_CellsChangePlaces_EachSaysWhatItSaid()
    {
        using var scope = torch.NewDisposeScope();
        using MapAttention attention = Drawn();
        var map = torch.rand(2, 16, 3, 5);
        var order = torch.randperm(15);

        var there = attention.forward(map).flatten(2).index_select(2, order);
        var here = attention.forward(map.flatten(2).index_select(2, order).reshape(2, 16, 3, 5)).flatten(2);

        TensorComparison.LargestDifference(there, map.flatten(2).index_select(2, order)).ShouldBeGreaterThan(0.01);
        here.ShouldBeWithin(there, 1e-5);
    }

    /// <summary>Against the formula, head by head, with nothing of the block's own calls.</summary>
    [Fact]
    public void Attention_OfAMap_IsTheSoftmaxOfScaledProducts()
    {
        using var scope = torch.NewDisposeScope();
        using MapAttention attention = Drawn();
        var map = torch.rand(1, 16, 2, 3);
        var weights = attention.state_dict();
        var (cells, projections) = (map.reshape(16, 6), weights["_projections.weight"].reshape(24, 16));
        var heads = Enumerable.Range(0, MapAttention.Heads).Select(head =>
        {
            var (query, key, value) = (Of(head, 0), Of(head, 1), Of(head, 2));
            return value.mm(query.t().mm(key).div(MathF.Sqrt(2)).softmax(1).t());
        });
        var expected = cells + weights["_joined.weight"].reshape(16, 8).mm(torch.cat([.. heads]));

        attention.forward(map).reshape(16, 6).ShouldBeWithin(expected, 1e-5);

        torch.Tensor Of(int head, int part) => projections.slice(0, (part * 8) + (head * 2), (part * 8) + (head * 2) + 2, 1).mm(cells);
    }

    /// <summary>What a cell gathers from is a grid of the map: the map of a large frame does not meet itself cell by cell.</summary>
    [Fact]
    public void Attention_OfALargeMap_GathersFromAGrid()
    {
        using var scope = torch.NewDisposeScope();
        using MapAttention attention = Drawn();
        var map = torch.rand(1, 16, 40, 20);
        var (onTheGrid, between) = (map.clone(), map.clone());
        onTheGrid[0, 1, 1, 1] += 3; // steps of 3 and 2, from 1 and 1
        between[0, 1, 2, 2] += 3;

        var before = attention.forward(map);

        Changed(onTheGrid).ShouldBe(40 * 20, "all gather from it");
        Changed(between).ShouldBe(1, "it gathers, and none from it");

        long Changed(torch.Tensor other) => (attention.forward(other) - before).abs().amax([1]).greater(0).sum().item<long>();
    }

    [Theory]
    [InlineData(true, "needs a reference")]
    [InlineData(false, "takes no reference")]
    public void Forward_ReferenceNotAsMade_IsRefused(bool usesReference, string expected)
    {
        using var scope = torch.NewDisposeScope();
        using EdgeNetwork network = new(new EdgeNetworkOptions { Size = NetworkSize.Nano, UsesReference = usesReference });
        var image = torch.rand(1, 3, 64, 64);

        Should.Throw<ArgumentException>(() => network.forward(image, usesReference ? null : image)).Message.ShouldContain(expected);
    }

    [Fact]
    public void Forward_ManyTimes_LeavesNoTensorBehind()
    {
        using EdgeNetwork network = new(new EdgeNetworkOptions { Size = NetworkSize.Nano, UsesReference = true, Attention = true });
        Look(network);
        var before = torch.Tensor.TotalCount;

        for (var i = 0; i < 5; i++)
        {
            Look(network);
        }

        torch.Tensor.TotalCount.ShouldBe(before);

        static void Look(EdgeNetwork network)
        {
            using var scope = torch.NewDisposeScope();
            var image = torch.rand(2, 3, 64, 64);
            var features = network.forward(image, image);
            network.Naming.forward(features.Embedding.flatten(2).transpose(1, 2).flatten(0, 1), torch.rand(3, 64)).sum().backward();
        }
    }

    [Theory]
    [InlineData(3, 64, "OutputStride is 3")]
    [InlineData(4, 7, "EmbeddingLength is 7")]
    public void Validate_OptionOutOfRange_IsNamed(int outputStride, int embeddingLength, string expected) =>
        Should.Throw<ArgumentException>(() => new EdgeNetwork(new EdgeNetworkOptions { OutputStride = outputStride, EmbeddingLength = embeddingLength }))
            .Message.ShouldContain(expected);

    [Fact]
    public void Validate_DoubledWithAnotherStride_IsNamed() =>
        Should.Throw<ArgumentException>(() => new EdgeNetwork(new EdgeNetworkOptions { Doubled = true })).Message.ShouldContain("OutputStride is 4: expected 2");

    private static MapAttention Drawn()
    {
        torch.manual_seed(5);
        MapAttention attention = new(16, 8);
        foreach (var parameter in attention.parameters())
        {
            torch.nn.init.normal_(parameter, 0, 0.5);
        }

        return attention;
    }
}
