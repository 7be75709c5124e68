using System.Numerics;
using System.Runtime.InteropServices;

namespace IMDD.Learning.Datasets.Splits;

/// <summary>A small grey picture that others are compared with.</summary>
internal sealed class Thumbnail
{
    /// <summary>Width and height, pixels.</summary>
    public const int Side = 64;

    private readonly byte[] _pixels;
    private readonly double _mean;
    private readonly double _norm;

    /// <summary>Takes over <c>64 × 64</c> pixels.</summary>
    public Thumbnail(byte[] pixels)
    {
        _pixels = pixels;
        _mean = pixels.Average(p => (double)p);
        _norm = Math.Sqrt(pixels.Sum(p => (p - _mean) * (p - _mean)));
    }

    /// <summary>Pearson's correlation, −1 to 1; 0 when either is of one grey.</summary>
    public double Correlation(Thumbnail other)
        => _norm == 0 || other._norm == 0 ? 0 : (Dot(_pixels, other._pixels) - _pixels.Length * _mean * other._mean) / (_norm * other._norm);

    private static double Dot(byte[] a, byte[] b)
    {
        var sum = Vector<uint>.Zero;
        var vectorsA = MemoryMarshal.Cast<byte, Vector<byte>>(a);
        var vectorsB = MemoryMarshal.Cast<byte, Vector<byte>>(b);
        for (var i = 0; i < vectorsA.Length; i++)
        {
            Vector.Widen(vectorsA[i], out var lowA, out var highA);
            Vector.Widen(vectorsB[i], out var lowB, out var highB);
            Add(lowA * lowB);
            Add(highA * highB);
        }

        return Vector.Sum(Vector.WidenLower(sum) + Vector.WidenUpper(sum));

        void Add(Vector<ushort> products)
        {
            Vector.Widen(products, out var low, out var high);
            sum += low + high;
        }
    }
}
