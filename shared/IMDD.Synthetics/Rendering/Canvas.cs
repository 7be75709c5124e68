using System.Buffers;

namespace IMDD.Synthetics.Rendering;

/// <summary>What a surface is before light falls on it: relief, reflectance and gloss per pixel, in pooled planes of <c>Height × Width</c>.</summary>
internal sealed class Canvas : IDisposable
{
    public Canvas(int width, int height)
    {
        Width = width;
        Height = height;
        Relief = Rent();
        R = Rent();
        G = Rent();
        B = Rent();
        Gloss = Rent();
        Scratch = Rent();
    }

    public int Width { get; }
    public int Height { get; }

    /// <summary>Height over the mean plane, in units (see <see cref="Pose"/>).</summary>
    public float[] Relief { get; }

    /// <summary>Linear reflectance, red.</summary>
    public float[] R { get; }

    /// <summary>Linear reflectance, green.</summary>
    public float[] G { get; }

    /// <summary>Linear reflectance, blue.</summary>
    public float[] B { get; }

    /// <summary>Strength of the specular reflection, 0 to 1.</summary>
    public float[] Gloss { get; }

    /// <summary>Free for whoever is at work; holds nothing between calls.</summary>
    public float[] Scratch { get; }

    public void Dispose()
    {
        foreach (var plane in (float[][])[Relief, R, G, B, Gloss, Scratch])
        {
            ArrayPool<float>.Shared.Return(plane);
        }
    }

    /// <summary>Lets a paint of the given colour cover a pixel by <paramref name="cover"/> (0 to 1).</summary>
    public void Blend(int index, Rgb colour, float cover)
    {
        R[index] += (colour.R - R[index]) * cover;
        G[index] += (colour.G - G[index]) * cover;
        B[index] += (colour.B - B[index]) * cover;
    }

    /// <summary>Multiplies the reflectance.</summary>
    public void Tint(int index, Rgb factor)
    {
        R[index] *= factor.R;
        G[index] *= factor.G;
        B[index] *= factor.B;
    }

    /// <summary>Levels the relief: what covers or replaces the skin does not carry its grain.</summary>
    public void Flatten(int index, float cover) => Relief[index] *= 1f - cover;

    public void BlendGloss(int index, float gloss, float cover) => Gloss[index] += (gloss - Gloss[index]) * cover;

    private float[] Rent() => ArrayPool<float>.Shared.Rent(Width * Height);
}
