using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Inference.Novelty;

namespace IMDD.Inference.Tests.Novelty;

public sealed class NoveltyScaleTests
{
    private const int Length = 12;

    [Fact]
    public void Share_OfPicturesLikeThoseMeasured_IsEvenlySpread()
    {
        Random random = new(7);
        NoveltyScale scale = new(EmbeddingStatistics.Measure([.. Enumerable.Range(0, 400).Select(_ => Usual(random))])!);

        var shares = Enumerable.Range(0, 2000).Select(_ => scale.Share(scale.Distance(Usual(random)))).ToList();

        foreach (var level in (double[])[0.1, 0.5, 0.9])
        {
            (shares.Count(s => s <= level) / 2000.0).ShouldBe(level, 0.06, $"a share of {level} says that as many lie nearer");
        }
    }

    [Fact]
    public void Share_RisesWithTheDistance_AndSaysOfTheFarOnlyWhatThePicturesAllow()
    {
        Random random = new(8);
        NoveltyScale scale = new(EmbeddingStatistics.Measure([.. Enumerable.Range(0, 20).Select(_ => Usual(random))])!);

        var shares = Enumerable.Range(0, 200).Select(i => scale.Share(i * 0.1)).ToList();

        shares.ShouldBe([.. shares.Order()]);
        shares[0].ShouldBe(0);
        shares[^1].ShouldBeInRange(20 / 21.0, 1);
        scale.Share(1e9).ShouldBe(1, 1e-6);
        scale.Share(double.NaN).ShouldBe(1);
    }

    [Fact]
    public void Measure_ElementThatNeverVaries_DoesNotDecide()
    {
        Random random = new(9);
        NoveltyScale scale = new(EmbeddingStatistics.Measure([.. Enumerable.Range(0, 50).Select(_ => (float[])[.. Usual(random), 3])])!);

        var embedding = Usual(random);
        scale.Distance([.. embedding, 3.001f]).ShouldBe(scale.Distance([.. embedding, 3]), 0.01);
    }

    [Fact]
    public void Measure_TooFewPictures_SaysNothing()
        => EmbeddingStatistics.Measure([.. Enumerable.Range(0, EmbeddingStatistics.LeastPictures - 1).Select(_ => new float[Length])]).ShouldBeNull();

    [Fact]
    public void Of_ManifestThatCarriesTheStatistics_GivesTheSameScale()
    {
        Random random = new(10);
        var measured = EmbeddingStatistics.Measure([.. Enumerable.Range(0, 30).Select(_ => Usual(random))])!;
        var json = ImddJson.Serialize(Manifest(JsonSerializer.SerializeToElement(new BundleReference { Embedding = measured }, ImddJson.Options)));

        var scale = NoveltyScale.Of(ImddJson.Deserialize<BundleManifest>(json))!;

        var embedding = Usual(random);
        scale.Length.ShouldBe(Length);
        scale.Distance(embedding).ShouldBe(new NoveltyScale(measured).Distance(embedding));
        Should.Throw<ArgumentException>(() => scale.Distance(new float[Length - 1])).Message.ShouldContain("11 elements");
    }

    [Theory]
    [InlineData("""{"scoreMean":0.1}""")]
    [InlineData("[1]")]
    [InlineData("null")]
    public void Of_ManifestWithoutThem_IsNull(string reference) => NoveltyScale.Of(Manifest(JsonDocument.Parse(reference).RootElement)).ShouldBeNull();

    [Theory]
    [InlineData("""{"embedding":{"mean":[1,2],"variance":[1],"pictures":9,"distances":[0,1]}}""", "2 means and 1 variances")]
    [InlineData("""{"embedding":{"mean":[1],"variance":[0],"pictures":9,"distances":[0,1]}}""", "variance")]
    [InlineData("""{"embedding":{"mean":[1],"variance":[1],"pictures":0,"distances":[0,1]}}""", "0 pictures")]
    [InlineData("""{"embedding":{"mean":[1],"variance":[1],"pictures":9,"distances":[1,0]}}""", "distances")]
    [InlineData("""{"embedding":{"mean":[1],"variance":[1],"pictures":9,"distances":[1]}}""", "distances")]
    [InlineData("""{"embedding":{"mean":"x"}}""", "mean")]
    [InlineData("""{"embedding":[1]}""", "embedding")]
    public void Of_StatisticsThatCannotBeUsed_SaysWhy(string reference, string why)
        => Should.Throw<FormatException>(() => NoveltyScale.Of(Manifest(JsonDocument.Parse(reference).RootElement))).Message.ShouldContain(why);

    /// <summary>Element i is i, with a deviation of 1 + i.</summary>
    private static float[] Usual(Random random)
    {
        var embedding = new float[Length];
        for (var i = 0; i < Length; i++)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            embedding[i] = (float)(i + ((1 + i) * normal));
        }

        return embedding;
    }

    private static BundleManifest Manifest(JsonElement reference) => new()
    {
        SchemaVersion = BundleManifest.CurrentSchemaVersion,
        ContractVersion = BundleManifest.CurrentContractVersion,
        Name = "test-model",
        Version = "1.0.0",
        ReleaseCounter = 1,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Files = [],
        Inputs = [],
        Outputs = [],
        Stride = 1,
        Opset = 17,
        Rows = [],
        Classes = [],
        PixelThreshold = 0.5,
        Reference = reference,
    };
}
