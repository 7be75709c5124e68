using IMDD.Imaging;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Networks;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Naming;
using IMDD.Testing;

namespace IMDD.Learning.Training.Tests;

public sealed class NamingTests
{
    private const int Side = 64;

    [Fact]
    public void Rows_OfABundle_AreItsOwnForItsClassesAndUnitLengthForOthers()
    {
        using TestDirectory directory = new();
        using var model = Model("crack", "stain");
        EdgeBundle.Write(model, [], directory.Path, DateTimeOffset.UnixEpoch);

        using var text = BundleText.Open(directory.Path);
        var own = text.Rows(text.Classes);
        var others = text.Rows([Class("glass crack"), Class("stain")]);

        var kept = ModelBundle.Open(directory.Path).Text;
        own.SelectMany(r => r).ShouldBe(kept.Values.ToArray());
        others[1].ShouldBe(own[1]);
        others.ShouldAllBe(r => Math.Abs(Math.Sqrt(r.Sum(v => v * v)) - 1) < 1e-5);
        others[0].Zip(own[0], (a, b) => a * b).Sum().ShouldBeGreaterThan(others[0].Zip(own[1], (a, b) => a * b).Sum(), "a word in common");
    }

    [Fact]
    public void Open_EncoderOfAnotherModel_IsRefused()
    {
        using TestDirectory directory = new();
        using var model = Model("crack", "stain");
        EdgeBundle.Write(model, [], directory.Path, DateTimeOffset.UnixEpoch);
        using var other = Model("crack", "stain");
        other.Save(directory.Path);

        Should.Throw<Exception>(() => BundleText.Open(directory.Path)).Message.ShouldContain(EdgeModel.WeightsFile);
    }

    [Fact]
    public void Measure_ThreeTiers_CountsEachAgainstItsOwnChance()
    {
        using TestDirectory directory = new();
        using var model = Model("glass crack", "wood stain");
        Dataset data = new("made", directory.Path,
        [
            .. Samples(directory, "glass", 4, "glass crack", "glass stain"), .. Samples(directory, "wood", 6, "wood stain", "wood crack", "wood gizmo"),
        ], []);

        var tiers = new TierNaming(model, new OpenCvImageDecoder()).Measure([data]);

        tiers.Select(t => (t.Tier, t.Pictures)).ShouldBe([(NameTier.SeenName, 4), (NameTier.UnseenComposition, 4), (NameTier.UnseenWord, 2)]);
        tiers.ShouldAllBe(t => t.ChanceOfAll == 1.0 / 5 && t.AccuracyOfAll <= t.Accuracy);
        tiers[0].Chance.ShouldBe((0.5 + 1.0 / 3) / 2, 1e-12);
        tiers[2].Chance.ShouldBe(1.0 / 3, 1e-12);

        // All pictures of a surface look alike, so that one of its names gets them all: right of 4 are the 2 of that name, and 2 of 6.
        (tiers.Sum(t => t.Accuracy * t.Pictures) / 10).ShouldBe(0.4, 1e-12);
    }

    [Fact]
    public void Measure_NothingToName_SaysSo()
    {
        using var model = Model("crack");

        Should.Throw<DatasetException>(() => new TierNaming(model, new OpenCvImageDecoder()).Measure([new Dataset("made", "", [], [])]));
    }

    private static IEnumerable<DatasetSample> Samples(TestDirectory directory, string surface, int count, params string[] names)
    {
        for (var i = 0; i < count; i++)
        {
            var path = directory.File($"{surface}{i}.png");
            using RgbImage image = new(Side, Side);
            new Random(surface.Length).NextBytes(image.Pixels);
            File.WriteAllBytes(path, ImageEncoder.EncodePng(image));
            var name = names[i % names.Length];
            yield return new DatasetSample
            {
                Id = $"{surface}{i}",
                ImagePath = path,
                IsAnomalous = true,
                Classes = [name],
                Boxes = [new AnnotatedBox(name, 8, 8, 20, 20)],
                Category = surface,
                Group = $"{surface}{i}",
            };
        }
    }

    private static TrainedClass Class(string name) => new(name, name, [], "major");

    private static EdgeModel Model(params string[] classes) => new(new EdgeModelDescription(
        new EdgeNetworkOptions { Size = NetworkSize.Nano }, [.. classes.Select(Class)], EdgeCalibration.None, new EdgeModelLineage(["made"], ["sha256:0"], 1, 5, null)));
}
