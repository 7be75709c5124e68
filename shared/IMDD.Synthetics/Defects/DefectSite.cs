using IMDD.Synthetics.Rendering;
using IMDD.Synthetics.Textures;

namespace IMDD.Synthetics.Defects;

/// <summary>Where a defect goes and what it is made in.</summary>
/// <param name="Canvas">The frame under work.</param>
/// <param name="Pose">How the product lies.</param>
/// <param name="Surface">Its material.</param>
/// <param name="Random">The defect's own numbers.</param>
/// <param name="X">Centre, pixels.</param>
/// <param name="Y">Centre, pixels.</param>
/// <param name="Contrast">How pronounced it is, about 0.6 to 1.3.</param>
internal sealed record DefectSite(Canvas Canvas, Pose Pose, Surface Surface, SeededRandom Random, float X, float Y, float Contrast)
{
    /// <summary>Pixels per unit.</summary>
    public float Scale => Pose.PixelsPerUnit;

    /// <summary>A length in units drawn at random, in pixels.</summary>
    public float Length(float low, float high) => Random.Range(low, high) * Scale;
}
