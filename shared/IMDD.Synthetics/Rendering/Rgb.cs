namespace IMDD.Synthetics.Rendering;

/// <summary>Linear reflectance or light.</summary>
internal readonly record struct Rgb(float R, float G, float B)
{
    public static Rgb operator *(Rgb colour, float factor) => new(colour.R * factor, colour.G * factor, colour.B * factor);

    public static Rgb Grey(float value) => new(value, value, value);

    public static Rgb Mix(Rgb a, Rgb b, float t)
        => new(Curves.Lerp(a.R, b.R, t), Curves.Lerp(a.G, b.G, t), Curves.Lerp(a.B, b.B, t));
}
