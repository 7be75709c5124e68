using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IMDD.Inference.Regions;

/// <summary>The cells of a frame whose defect probability reaches the threshold, outside the ignore areas; in pooled memory.</summary>
internal sealed class DefectMask : IDisposable
{
    private readonly byte[] _cells;
    private readonly int _width;
    private readonly int _height;

    private DefectMask(int width, int height)
    {
        _width = width;
        _height = height;
        _cells = ArrayPool<byte>.Shared.Rent(width * height);
    }

    /// <summary>One byte per cell, 0 or 255.</summary>
    public ReadOnlySpan<byte> Cells => _cells.AsSpan(0, _width * _height);

    public bool IsEmpty => Cells.IndexOfAnyExcept((byte)0) < 0;

    public static DefectMask Create(SegmentationResult result, RegionOptions options)
    {
        DefectMask mask = new(result.Width, result.Height);
        var defect = result.Defect.Span;
        var threshold = (float)options.PixelThreshold;
        for (var row = 0; row < result.Height; row++)
        {
            Threshold(defect.Slice(row * result.RowStride, result.Width), mask.Row(row), threshold);
        }

        foreach (var polygon in options.IgnoreAreas)
        {
            mask.Clear(polygon, result.OutputStride);
        }

        return mask;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_cells);

    private static void Threshold(ReadOnlySpan<float> probabilities, Span<byte> cells, float threshold)
    {
        var limit = Vector256.Create(threshold);
        var column = 0;
        ref var source = ref MemoryMarshal.GetReference(probabilities);
        ref var target = ref MemoryMarshal.GetReference(cells);
        for (; column <= probabilities.Length - Vector256<byte>.Count; column += Vector256<byte>.Count)
        {
            // Four comparisons of eight floats each, all ones or all zeros, narrowed twice to 32 bytes.
            var low = Vector256.Narrow(Compare(ref source, column, limit), Compare(ref source, column + 8, limit));
            var high = Vector256.Narrow(Compare(ref source, column + 16, limit), Compare(ref source, column + 24, limit));
            Vector256.Narrow(low, high).StoreUnsafe(ref target, (nuint)column);
        }

        for (; column < probabilities.Length; column++)
        {
            cells[column] = probabilities[column] >= threshold ? byte.MaxValue : (byte)0;
        }
    }

    private static Vector256<uint> Compare(ref float source, int offset, Vector256<float> limit)
        => Vector256.GreaterThanOrEqual(Vector256.LoadUnsafe(ref source, (nuint)offset), limit).AsUInt32();

    private Span<byte> Row(int row) => _cells.AsSpan(row * _width, _width);

    /// <summary>Clears the cells whose centre lies in the polygon (even-odd rule).</summary>
    private void Clear(IReadOnlyList<double> polygon, int scale)
    {
        if (polygon.Count < 6 || polygon.Count % 2 != 0)
        {
            throw new ArgumentException($"An ignore area has {polygon.Count} coordinates; expected at least three points of two.", nameof(polygon));
        }

        List<double> crossings = [];
        for (var row = 0; row < _height; row++)
        {
            crossings.Clear();
            var y = (row + 0.5) * scale;
            for (var index = 0; index < polygon.Count; index += 2)
            {
                var next = (index + 2) % polygon.Count;
                var (x0, y0, x1, y1) = (polygon[index], polygon[index + 1], polygon[next], polygon[next + 1]);
                if ((y0 <= y) != (y1 <= y))
                {
                    crossings.Add(x0 + ((y - y0) / (y1 - y0) * (x1 - x0)));
                }
            }

            crossings.Sort();
            for (var pair = 0; pair + 1 < crossings.Count; pair += 2)
            {
                var start = CellAfter(crossings[pair], scale);
                var end = CellAfter(crossings[pair + 1], scale);
                Row(row)[start..end].Clear();
            }
        }
    }

    /// <summary>First cell whose centre is at or right of <paramref name="x"/>, within the row.</summary>
    private int CellAfter(double x, int scale) => (int)Math.Clamp(Math.Ceiling((x / scale) - 0.5), 0, _width);
}
