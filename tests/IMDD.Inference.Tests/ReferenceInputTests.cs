using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Inference.Bundles;

namespace IMDD.Inference.Tests;

/// <summary>Models that compare each image with a known-good picture of the same view.</summary>
public sealed class ReferenceInputTests : IDisposable
{
    private static readonly SegmenterOptions Options = new() { Threads = 1, MaxBatch = 3, WarmUpSizes = [(22, 10)] };
    private readonly BundleFolder _folder = new();

    public ReferenceInputTests() => TestModel.Write(_folder, takesReference: true);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_EachOfABatch_IsComparedWithItsOwnReference()
    {
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(_folder.Path), Options);
        segmenter.Manifest.TakesReference().ShouldBeTrue();
        RgbImage[] images = [Noise(1), Noise(2), Noise(3)];
        RgbImage[] references = [Noise(4), images[1], Noise(5)];

        var results = segmenter.Run(images, references).Images;

        for (var index = 0; index < images.Length; index++)
        {
            var result = results[index];
            (result.Width, result.Height).ShouldBe((11, 5));
            for (var cell = 0; cell < result.Width * result.Height; cell++)
            {
                var (column, row) = (cell % result.Width, cell / result.Width);
                result.Defect.Span[(row * result.RowStride) + column].ShouldBe(TestModel.Expected(images[index], references[index], column, row), 1e-5f);
            }
        }

        results[1].ImageScore.ShouldBe(0);
        Array.ForEach([.. images, references[0], references[2]], image => image.Dispose());
    }

    [Fact]
    public void Run_ReferencesThatDoNotFit_AreAnError()
    {
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(_folder.Path), Options);
        using var image = Noise(1);
        using RgbImage small = new(20, 10);

        Should.Throw<ArgumentException>(() => segmenter.Run([image])).Message.ShouldContain("0 were given for 1 images");
        Should.Throw<ArgumentException>(() => segmenter.Run([image, image], [image])).Message.ShouldContain("1 were given for 2 images");
        Should.Throw<ArgumentException>(() => segmenter.Run([image], [small])).Message.ShouldContain("Reference 0 is 20 x 10 in a batch of 22 x 10");
    }

    [Fact]
    public void Run_ReferenceForAModelThatTakesNone_IsAnError()
    {
        TestModel.Write(_folder);
        _folder.WriteManifest(_folder.ReadManifest() with { Inputs = [.. _folder.ReadManifest().Inputs.Where(i => i.Name != "reference")] });
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(_folder.Path), Options);
        using var image = Noise(1);

        Should.Throw<ArgumentException>(() => segmenter.Run([image], [image])).Message.ShouldContain("takes no reference");
    }

    [Fact]
    public void Create_GraphAndManifestThatDisagree_NamesTheInput()
    {
        _folder.Replace(ModelBundle.ModelFile, TestModel.Graph(takesReference: false));
        Should.Throw<SegmenterException>(() => SegmenterFactory.Create(ModelBundle.Open(_folder.Path), Options))
            .Message.ShouldContain("input 'reference' is missing");

        _folder.Replace(ModelBundle.ModelFile, TestModel.Graph(takesReference: true));
        _folder.WriteManifest(_folder.ReadManifest() with { Inputs = [.. _folder.ReadManifest().Inputs.Where(i => i.Name != "reference")] });
        Should.Throw<SegmenterException>(() => SegmenterFactory.Create(ModelBundle.Open(_folder.Path), Options))
            .Message.ShouldContain("input 'reference' is not in the manifest");
    }

    [Theory]
    [InlineData(false, 0.01)]
    [InlineData(true, 0.01)]
    public void Create_ProbeWithReference_IsRunWithIt(bool isWrong, double tolerance)
    {
        using var image = Noise(1);
        using var reference = Noise(2);
        WriteProbe(image, reference, offset: isWrong ? 0.02f : 0, tolerance);

        if (isWrong)
        {
            Should.Throw<SegmenterException>(() => SegmenterFactory.Create(ModelBundle.Open(_folder.Path), Options))
                .Message.ShouldContain("'defect' of probe 'probes/one.png' is off by");
        }
        else
        {
            SegmenterFactory.Create(ModelBundle.Open(_folder.Path), Options).Dispose();
        }
    }

    [Fact]
    public void Create_ProbeWithoutReference_IsRefusedByName()
    {
        using var image = Noise(1);
        WriteProbe(image, reference: null, offset: 0, tolerance: 0.1);

        Should.Throw<ModelBundleException>(() => SegmenterFactory.Create(ModelBundle.Open(_folder.Path), Options))
            .Message.ShouldContain("probe 'probes/one.png' has no reference");
    }

    [Fact]
    public void Create_ProbeWithReferenceOfAnotherSize_IsRefusedByName()
    {
        using var image = Noise(1);
        using RgbImage small = new(20, 10);
        small.Pixels.Clear();
        WriteProbe(image, small, offset: 0, tolerance: 0.1);

        Should.Throw<ModelBundleException>(() => SegmenterFactory.Create(ModelBundle.Open(_folder.Path), Options))
            .Message.ShouldContain("'probes/one.reference.png' is 20 x 10; expected 22 x 10");
    }

    [Fact]
    public void Create_ProbeWithReferenceForAModelThatTakesNone_IsRefusedByName()
    {
        using var image = Noise(1);
        WriteProbe(image, image, offset: 0, tolerance: 0.1);
        _folder.Replace(ModelBundle.ModelFile, TestModel.Graph(takesReference: false));
        _folder.WriteManifest(_folder.ReadManifest() with { Inputs = [.. _folder.ReadManifest().Inputs.Where(i => i.Name != "reference")] });

        Should.Throw<ModelBundleException>(() => SegmenterFactory.Create(ModelBundle.Open(_folder.Path), Options))
            .Message.ShouldContain("which this model does not take");
    }

    private void WriteProbe(RgbImage image, RgbImage? reference, float offset, double tolerance)
    {
        var compared = reference?.Width == image.Width ? reference : image;
        var defect = new float[11 * 5];
        for (var cell = 0; cell < defect.Length; cell++)
        {
            defect[cell] = TestModel.Expected(image, compared, cell % 11, cell / 11) + offset;
        }

        // Of the padded picture, 24 by 12: its last row and column of blocks repeat the edge.
        var mean = Enumerable.Range(0, 12 * 6).Average(cell => TestModel.Expected(image, compared, cell % 12, cell / 12));
        BundleProbe probe = new("probes/one.png", "probes/one.safetensors", reference is null ? null : "probes/one.reference.png");
        var index = ImddJson.Serialize(new BundleProbeIndex([probe]));
        _folder.Add(BundleProbeIndex.Path, index);
        _folder.Add(probe.Image, ImageEncoder.EncodePng(image));
        if (reference is not null)
        {
            _folder.Add(probe.Reference!, ImageEncoder.EncodePng(reference));
        }

        _folder.Add(probe.Outputs, SafetensorsFile.Write(
        [
            new Float32Tensor("defect", [5, 11], defect),
            new Float32Tensor("image_score", [1], new[] { Enumerable.Range(0, 12 * 6).Max(cell => TestModel.Expected(image, compared, cell % 12, cell / 12)) }),
            new Float32Tensor("embedding", [1], new[] { mean }),
        ]));
        _folder.WriteManifest(_folder.ReadManifest() with { Probes = new BundleProbes(ContentDigest.Of(index), tolerance) });
    }

    private static RgbImage Noise(int seed)
    {
        RgbImage image = new(22, 10);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }
}
