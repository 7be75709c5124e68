using System.Runtime.InteropServices;
using IMDD.Imaging.Masks;

namespace IMDD.Learning.Evaluation.Instances;

/// <summary>The pixels of one instance within its box, so that many of them in a large picture stay small.</summary>
public sealed class InstanceMask
{
    private readonly bool[] _cells;

    /// <summary>Takes over <c>height × width</c> cells, row-major.</summary>
    /// <param name="x">Left edge in the picture.</param>
    /// <param name="y">Upper edge in the picture.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="cells">True where the instance is.</param>
    public InstanceMask(int x, int y, int width, int height, bool[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, width * height);
        (X, Y, Width, Height, _cells) = (x, y, width, height, cells);
        Area = cells.AsSpan().Count(true);
    }

    public int X { get; }
    public int Y { get; }
    public int Width { get; }
    public int Height { get; }

    /// <summary>Pixels.</summary>
    public long Area { get; }

    /// <summary>The pixels of one row of the box.</summary>
    public ReadOnlySpan<bool> Row(int row) => _cells.AsSpan(row * Width, Width);

    /// <summary>The smallest box around the pixels; empty for none.</summary>
    public Box Bounds()
    {
        int left = int.MaxValue, right = -1, top = -1, bottom = -1;
        for (var row = 0; row < Height; row++)
        {
            var cells = Row(row);
            if (cells.IndexOf(true) is >= 0 and var first)
            {
                (left, right) = (Math.Min(left, first), Math.Max(right, cells.LastIndexOf(true)));
                (top, bottom) = (top < 0 ? row : top, row);
            }
        }

        return right < 0 ? new Box(X, Y, X, Y) : new Box(X + left, Y + top, X + right + 1, Y + bottom + 1);
    }

    /// <summary>Intersection over union; 0 when both are empty.</summary>
    public double Iou(InstanceMask other)
    {
        int left = Math.Max(X, other.X), right = Math.Min(X + Width, other.X + other.Width);
        int top = Math.Max(Y, other.Y), bottom = Math.Min(Y + Height, other.Y + other.Height);
        long intersection = 0;
        for (var y = top; y < bottom && left < right; y++)
        {
            var own = Row(y - Y)[(left - X)..(right - X)];
            var others = other.Row(y - other.Y)[(left - other.X)..(right - other.X)];
            for (var i = 0; i < own.Length; i++)
            {
                intersection += own[i] && others[i] ? 1 : 0;
            }
        }

        var union = Area + other.Area - intersection;
        return union > 0 ? (double)intersection / union : 0;
    }

    /// <summary>The 8-connected components of a picture's mask, in the order in which they are met from the top left.</summary>
    /// <param name="mask"><c>height × width</c>, row-major.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    public static IReadOnlyList<InstanceMask> Components(ReadOnlySpan<bool> mask, int width, int height)
    {
        if (!mask.Contains(true))
        {
            return [];
        }

        using var components = ConnectedComponents.Find(MemoryMarshal.AsBytes(mask), width, height);
        var labels = components.Labels;
        var masks = new InstanceMask[components.Count];
        for (var label = 1; label <= components.Count; label++)
        {
            var box = components[label];
            var cells = new bool[box.Width * box.Height];
            for (var row = 0; row < box.Height; row++)
            {
                var source = labels.Slice((box.Y + row) * width + box.X, box.Width);
                for (var column = 0; column < source.Length; column++)
                {
                    cells[row * box.Width + column] = source[column] == label;
                }
            }

            masks[label - 1] = new InstanceMask(box.X, box.Y, box.Width, box.Height, cells);
        }

        return masks;
    }

    /// <summary>The pixels of a mask within a box of the picture.</summary>
    /// <param name="mask">The whole picture, row-major, non-zero is set.</param>
    /// <param name="pictureWidth">Pixels.</param>
    /// <param name="x">Left edge of the box.</param>
    /// <param name="y">Upper edge of the box.</param>
    /// <param name="width">Of the box.</param>
    /// <param name="height">Of the box.</param>
    public static InstanceMask Cut(ReadOnlySpan<byte> mask, int pictureWidth, int x, int y, int width, int height)
    {
        var cells = new bool[width * height];
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i] = mask[(y + i / width) * pictureWidth + x + i % width] != 0;
        }

        return new InstanceMask(x, y, width, height, cells);
    }
}
