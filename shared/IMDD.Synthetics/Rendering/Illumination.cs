namespace IMDD.Synthetics.Rendering;

/// <summary>The station's light as it happened to be for one frame.</summary>
internal sealed class Illumination
{
    private const int MaxSpots = 3;

    public Illumination(SeededRandom random, float variation, Rgb specularTint, int specularDoublings)
    {
        // A product is taught under one lamp; from frame to frame only its ageing, its position and stray light vary.
        Azimuth = 0.62f + random.Symmetric(0.02f + 0.12f * variation);
        var slope = 0.62f + random.Symmetric(0.05f + 0.22f * variation);
        DirectionX = Curves.Cos(Azimuth) * slope;
        DirectionY = Curves.Sin(Azimuth) * slope;
        Spread = random.Range(0.1f, 0.1f + 0.35f * variation);
        Ambient = random.Range(0.30f, 0.30f + 0.2f * variation);
        Exposure = 1f + random.Symmetric(0.04f + 0.26f * variation);
        Vignette = random.Range(0.05f, 0.1f + 0.35f * variation);
        GradientX = random.Symmetric(0.05f + 0.25f * variation);
        GradientY = random.Symmetric(0.05f + 0.25f * variation);
        var warmth = random.Symmetric(0.02f + 0.06f * variation);
        Colour = new Rgb(1f + warmth, 1f, 1f - warmth);
        SpecularTint = specularTint;
        SpecularDoublings = specularDoublings;
        Spots = new Spot[random.Index(MaxSpots + 1)];
        for (var i = 0; i < Spots.Length; i++)
        {
            Spots[i] = new Spot(random.Unit(), random.Unit(), random.Range(0.08f, 0.35f), random.Symmetric(0.05f + 0.3f * variation));
        }
    }

    /// <summary>Turns.</summary>
    public float Azimuth { get; }

    /// <summary>Towards the lamp in the middle of the frame; z is 1.</summary>
    public float DirectionX { get; }

    public float DirectionY { get; }

    /// <summary>How much the direction changes across the frame: a near lamp.</summary>
    public float Spread { get; }

    public float Ambient { get; }
    public float Exposure { get; }
    public float Vignette { get; }
    public float GradientX { get; }
    public float GradientY { get; }
    public Rgb Colour { get; }
    public Rgb SpecularTint { get; }

    /// <summary>The exponent of the highlight is 2 to this.</summary>
    public int SpecularDoublings { get; }

    public Spot[] Spots { get; }

    /// <summary>A soft brighter or darker spot: stray light, a reflection, a shadow. Relative to the frame's size.</summary>
    internal readonly record struct Spot(float X, float Y, float Radius, float Strength);
}
