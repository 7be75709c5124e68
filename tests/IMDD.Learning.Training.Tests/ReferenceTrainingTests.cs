using IMDD.Learning.Networks;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Runs;
using IMDD.Testing;

namespace IMDD.Learning.Training.Tests;

/// <summary>Training beside known-good views: a bright square is a defect only where the view has none.</summary>
public sealed class ReferenceTrainingTests
{
    private const int Side = 96;
    private const int Square = 10;

    [Fact]
    public async Task RunAsync_WithReferences_LearnsToCompare()
    {
        using TestDirectory directory = new();
        TrainingData data = new(
            ["made"], ["sha256:made"], [new TrainedClass("spot", "spot", [], "major")], [],
            [.. Enumerable.Range(0, 24).Select(Picture)], [.. Enumerable.Range(100, 6).Select(Picture)], []);
        EdgeTrainingOptions options = new()
        {
            Network = new EdgeNetworkOptions { Size = NetworkSize.Nano, UsesReference = true },
            Crops = new CropOptions { Side = 64 },
            Steps = 80,
            BatchSize = 8,
            AverageDecay = 0.9,
            Validations = 1,
        };
        using EdgeTrainer trainer = new(options, data, directory.Path);

        var (_, model) = await trainer.RunAsync(null, TestContext.Current.CancellationToken);
        using (model)
        {
            List<TrainingPicture> unseen = [.. Enumerable.Range(200, 6).Select(Picture).Where(p => p.IsDefective)];
            var lacking = Defect(model, unseen);
            var having = Defect(model, [.. unseen.Select(p => p with { Reference = p.Rgb })]);

            lacking.ShouldBeGreaterThan(having + 0.5f, "the same pictures, beside views with and without the defect");
        }
    }

    /// <summary>Mean logit of the defects' cells.</summary>
    private static float Defect(EdgeModel model, IReadOnlyList<TrainingPicture> pictures)
        => new PictureScorer(model).Score(pictures).SelectMany(scores => scores.Logits.Where((_, i) => scores.Labels[i])).Average();

    /// <summary>Noise with a square that belongs there; every other with one more, which its known-good view lacks.</summary>
    private static TrainingPicture Picture(int seed)
    {
        Random random = new(seed);
        var known = new byte[3 * Side * Side];
        for (var i = 0; i < Side * Side; i++)
        {
            known.AsSpan(3 * i, 3).Fill((byte)random.Next(110, 140));
        }

        // The one in the left half, the other in the right: they never meet.
        Fill(known, random.Next(Side / 2 - Square), random.Next(Side - Square));
        byte[] rgb = [.. known];
        TrainingPicture normal = new() { Id = $"{seed}", Dataset = 0, Width = Side, Height = Side, Rgb = rgb, Reference = known, ClassIndices = [] };
        if (seed % 2 == 0)
        {
            return normal;
        }

        var mask = new byte[Side * Side];
        int[] pixels = [.. Fill(rgb, Side / 2 + random.Next(Side / 2 - Square), random.Next(Side - Square))];
        foreach (var pixel in pixels)
        {
            mask[pixel] = byte.MaxValue;
        }

        return normal with { Mask = mask, Classes = Array.ConvertAll(mask, m => m == 0 ? TrainingPicture.NoClass : (byte)1), ClassIndices = [0], Anchors = [pixels] };
    }

    /// <summary>Draws a bright square; gives its pixels.</summary>
    private static List<int> Fill(byte[] rgb, int left, int top)
    {
        List<int> pixels = [];
        for (var y = top; y < top + Square; y++)
        {
            for (var x = left; x < left + Square; x++)
            {
                pixels.Add(y * Side + x);
                rgb.AsSpan(3 * (y * Side + x), 3).Fill(230);
            }
        }

        return pixels;
    }
}
