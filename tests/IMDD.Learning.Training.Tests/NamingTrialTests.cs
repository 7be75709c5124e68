using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Words;

namespace IMDD.Learning.Training.Tests;

public sealed class NamingTrialTests
{
    private const int Side = 12;

    /// <summary>The new row is best on five of nine cells that were all a crack's: with a threshold above its score the crack has its name again.</summary>
    [Fact]
    public void Try_RowThatTakesARegion_ThresholdAboveItsScoreGivesTheNameBack()
    {
        using Recorded before = new(["crack"], _ => (0, 0.7f));
        using Recorded after = new(["crack", "new"], cell => cell < 5 ? (1, 0.8f) : (0, 0.7f));

        var region = new NamingTrial(before, after, [0.1, 0.75, 0.85]).Try(Picture()).ShouldHaveSingleItem();

        (region.Truth, region.Before).ShouldBe((0, "crack"));
        region.After.ShouldBe(["new", "new", "crack"]);
        WordTally tally = new([new TrainedClass("crack", "crack", [], "major")], "new", 3);
        tally.AddFrozen([region]);
        tally.AddExample([region], truth: 0);
        tally.OldNames(0).ShouldBe([new NameCounts("crack", 1, 1, 0)]);
        tally.Pooled(0).LostPoints.ShouldBe(100);
        tally.Pooled(2).LostPoints.ShouldBe(0);
        (tally.Naming(0), tally.Naming(2)).ShouldBe((new WordNaming(1, 1, 1), new WordNaming(1, 1, 0)));
    }

    [Fact]
    public void Try_RegionBesideTheDefects_SaysNothing()
    {
        using Recorded before = new(["crack"], _ => (0, 0.7f));
        using Recorded after = new(["crack", "new"], _ => (1, 0.8f));
        var picture = Picture();
        Array.Clear(picture.Mask!);
        picture.Mask![0] = byte.MaxValue;

        new NamingTrial(before, after, [0.1]).Try(picture).ShouldBeEmpty();
    }

    private static TrainingPicture Picture()
    {
        var mask = new byte[Side * Side];
        Array.Fill(mask, byte.MaxValue);
        return new TrainingPicture
        {
            Id = "made",
            Dataset = 0,
            Width = Side,
            Height = Side,
            Rgb = new byte[3 * Side * Side],
            Mask = mask,
            Classes = [.. mask.Select(_ => (byte)1)],
            ClassIndices = [0],
        };
    }

    /// <summary>Says the same of every picture: all of its nine cells are defective.</summary>
    private sealed class Recorded(string[] classes, Func<int, (int Row, float Score)> says) : ISegmenter
    {
        private const int Cells = 9;

        public BundleManifest Manifest { get; } = new()
        {
            SchemaVersion = 1,
            ContractVersion = 1,
            Name = "recorded",
            Version = "1",
            ReleaseCounter = 1,
            CreatedAt = DateTimeOffset.UnixEpoch,
            Files = [],
            Inputs = [],
            Outputs = [],
            Stride = 4,
            OutputStride = 4,
            Opset = 17,
            Rows = [.. classes.Select(c => new BundleRow(c, c, "text", 0.5))],
            Classes = [],
            PixelThreshold = 0.5,
        };

        public string Digest => "sha256:0";

        public string ExecutionProvider => "none";

        public SegmentationBatch Run(IReadOnlyList<RgbImage> images, IReadOnlyList<RgbImage>? references = null) => new(
        [
            new SegmentationResult
            {
                Width = 3,
                Height = 3,
                RowStride = 3,
                OutputStride = 4,
                Defect = Enumerable.Repeat(0.9f, Cells).ToArray(),
                Class = Enumerable.Range(0, Cells).Select(cell => says(cell).Row).ToArray(),
                ClassScore = Enumerable.Range(0, Cells).Select(cell => says(cell).Score).ToArray(),
                ClassMargin = new float[Cells],
                ImageScore = 0.9f,
                Embedding = new float[1],
            },
        ]);

        public void Dispose()
        {
            // Holds nothing.
        }
    }
}
