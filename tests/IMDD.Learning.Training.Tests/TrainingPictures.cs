using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Runs;

namespace IMDD.Learning.Training.Tests;

/// <summary>Grey noise with bright squares (spots) and dark bars (lines): defects that a few steps are enough to learn.</summary>
internal static class TrainingPictures
{
    public const int Side = 96;

    public static TrainingData Data(int train, int validation) => new(
        ["made"],
        ["sha256:made"],
        [new TrainedClass("line", "line", [], "minor"), new TrainedClass("spot", "spot", ["dot"], "major")],
        [],
        [.. Enumerable.Range(0, train).Select(Picture)],
        [.. Enumerable.Range(10_000, validation).Select(Picture)],
        []);

    /// <summary>By turns normal, with a bar, with a square.</summary>
    public static TrainingPicture Picture(int seed)
    {
        Random random = new(seed);
        var rgb = new byte[Side * Side * 3];
        for (var i = 0; i < Side * Side; i++)
        {
            rgb.AsSpan(3 * i, 3).Fill((byte)random.Next(110, 140));
        }

        TrainingPicture normal = new() { Id = $"{seed}", Dataset = 0, Width = Side, Height = Side, Rgb = rgb, ClassIndices = [] };
        if (seed % 3 == 0)
        {
            return normal;
        }

        var index = seed % 3 - 1;
        var (width, height) = index == 0 ? (30, 5) : (10, 10);
        var (left, top) = (random.Next(Side - width), random.Next(Side - height));
        var mask = new byte[Side * Side];
        List<int> pixels = [];
        for (var y = top; y < top + height; y++)
        {
            for (var x = left; x < left + width; x++)
            {
                mask[y * Side + x] = byte.MaxValue;
                pixels.Add(y * Side + x);
                rgb.AsSpan(3 * (y * Side + x), 3).Fill(index == 0 ? (byte)30 : (byte)230);
            }
        }

        return normal with
        {
            Mask = mask,
            Classes = Array.ConvertAll(mask, m => m == 0 ? TrainingPicture.NoClass : (byte)(index + 1)),
            ClassIndices = [index],
            Anchors = [[.. pixels]],
        };
    }
}
