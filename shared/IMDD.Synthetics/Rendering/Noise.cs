using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IMDD.Synthetics.Rendering;

/// <summary>Value noise over one fixed lattice of 256 × 256; who needs another field samples elsewhere.</summary>
internal static class Noise
{
    private const int Side = 256;
    private static readonly float[] Lattice = MakeLattice();

    /// <summary>In [-1, 1], smooth, of unit cell size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float At(float x, float y)
    {
        var fx = MathF.Floor(x);
        var fy = MathF.Floor(y);
        var ix = (int)fx & (Side - 1);
        var iy = (int)fy & (Side - 1);
        var tx = x - fx;
        var ty = y - fy;
        tx = tx * tx * (3f - 2f * tx);
        ty = ty * ty * (3f - 2f * ty);
        ref var lattice = ref MemoryMarshal.GetArrayDataReference(Lattice);
        var row0 = iy * Side;
        var row1 = ((iy + 1) & (Side - 1)) * Side;
        var ix1 = (ix + 1) & (Side - 1);
        var a = Unsafe.Add(ref lattice, row0 + ix);
        var b = Unsafe.Add(ref lattice, row0 + ix1);
        var c = Unsafe.Add(ref lattice, row1 + ix);
        var d = Unsafe.Add(ref lattice, row1 + ix1);
        var top = a + (b - a) * tx;
        return top + (c + (d - c) * tx - top) * ty;
    }

    /// <summary>Octaves of halved amplitude and doubled frequency, in about [-1, 1].</summary>
    public static float Fractal(float x, float y, int octaves)
    {
        float sum = 0f, amplitude = 0.5f;
        for (var i = 0; i < octaves; i++)
        {
            sum += amplitude * At(x, y);
            x = x * 2f + 17.3f;
            y = y * 2f + 5.7f;
            amplitude *= 0.5f;
        }

        return sum * 1.25f;
    }

    /// <summary>In [0, 1), one number per integer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Hash(int a, int b)
    {
        var h = (uint)a * 0x9E3779B1u ^ (uint)b * 0x85EBCA77u;
        h = (h ^ (h >> 15)) * 0x2C1B3C6Du;
        h ^= h >> 13;
        return (h >> 8) * (1f / (1 << 24));
    }

    private static float[] MakeLattice()
    {
        SeededRandom random = new(0x1AD5);
        var lattice = new float[Side * Side];
        for (var i = 0; i < lattice.Length; i++)
        {
            lattice[i] = random.Symmetric(1f);
        }

        return lattice;
    }
}
