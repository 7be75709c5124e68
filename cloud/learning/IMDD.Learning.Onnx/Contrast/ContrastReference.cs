using IMDD.Imaging;
using static IMDD.Learning.Onnx.Contrast.ContrastParameters;

namespace IMDD.Learning.Onnx.Contrast;

/// <summary>
/// The contrast model's outputs, computed without a graph or a runtime: what the probes of its bundle expect, and what tests hold the graph
/// to. Slow.
/// </summary>
public sealed class ContrastReference
{
    private const double EmbeddingScale = 1.0 / 256;

    private readonly Plane _defect;

    private ContrastReference(Plane defect, double imageScore, IReadOnlyList<double> embedding)
    {
        _defect = defect;
        ImageScore = imageScore;
        Embedding = embedding;
    }

    /// <summary>Columns of <see cref="Defect"/>.</summary>
    public int Width => _defect.Width;

    /// <summary>Rows of <see cref="Defect"/>.</summary>
    public int Height => _defect.Height;

    /// <summary>Probability per output element, row-major.</summary>
    public IReadOnlyList<double> Defect => _defect.Values;

    public double ImageScore { get; }

    public IReadOnlyList<double> Embedding { get; }

    /// <summary>Outputs for a picture whose sides are multiples of the stride.</summary>
    public static ContrastReference Compute(RgbImage image)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(image.Width % Stride, 0);
        ArgumentOutOfRangeException.ThrowIfNotEqual(image.Height % Stride, 0);
        var colours = Colours(image);
        var grids = colours.ConvertAll(colour => colour.Pool(PoolSize, Enumerable.Average));
        var fine = colours.Zip(grids, (colour, grid) => Difference(colour.BoxBlur(Blur), grid)).ToList();
        var coarse = grids.ConvertAll(grid => Difference(grid, grid.Pool(PoolSize, Enumerable.Average)));
        var fineLimits = fine.ConvertAll(difference => Limit(difference, FineBlock));
        var coarseLimits = coarse.ConvertAll(difference => Limit(difference, CoarseBlock));
        var excess = Strongest(fine, fineLimits).With(Strongest(coarse, coarseLimits).Upsample(PoolSize), Math.Max);
        var defect = excess.Map(value => 1 / (1 + Math.Exp(-Steepness * value)));
        List<double> embedding =
        [
            .. colours.Select(Mean), .. fine.Select(Mean), .. coarse.Select(Mean), .. fineLimits, .. coarseLimits,
        ];
        return new ContrastReference(defect, defect.BoxBlur(Blur).Values.Max(), embedding.ConvertAll(value => value * EmbeddingScale));
    }

    private static List<Plane> Colours(RgbImage image)
    {
        var width = image.Width;
        var pixels = image.Memory;
        var (red, green, blue) = (Channel(0), Channel(1), Channel(2));
        return
        [
            Plane.From(red.Width, red.Height, (x, y) => (red[x, y] + (2 * green[x, y]) + blue[x, y]) / 4),
            Plane.From(red.Width, red.Height, (x, y) => (red[x, y] - green[x, y]) / 2),
            Plane.From(red.Width, red.Height, (x, y) => (red[x, y] + green[x, y] - (2 * blue[x, y])) / 4),
        ];

        Plane Channel(int index)
            => Plane.From(width, image.Height, (x, y) => pixels.Span[(((y * width) + x) * 3) + index]).Pool(OutputStride, Enumerable.Average);
    }

    private static Plane Difference(Plane value, Plane neighbourhood)
        => value.With(neighbourhood.BoxBlur(Blur).Upsample(PoolSize), (near, far) => Math.Abs(near - far));

    private static double Limit(Plane difference, int block)
    {
        var blocks = difference.Pool(block, Enumerable.Max).Values.OrderDescending().ToList();
        var middle = blocks[blocks.Count * MiddlePercent / 100];
        var upper = blocks[blocks.Count * UpperPercent / 100];
        return middle + ((upper - middle) * Spread) + FloorLevels;
    }

    private static Plane Strongest(List<Plane> differences, List<double> limits)
        => differences.Zip(limits, (difference, limit) => difference.Map(value => (value / limit) - 1))
            .Aggregate((left, right) => left.With(right, Math.Max));

    private static double Mean(Plane plane) => plane.Values.Average();
}
