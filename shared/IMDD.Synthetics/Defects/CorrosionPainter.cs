using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Defects;

/// <summary>Rust on metal, verdigris on a board: granular, in shades, with satellites around the main patch.</summary>
internal sealed class CorrosionPainter : IDefectPainter
{
    private static readonly Rgb[] Rust = [new(0.30f, 0.11f, 0.035f), new(0.14f, 0.045f, 0.02f), new(0.48f, 0.23f, 0.07f)];
    private static readonly Rgb[] Verdigris = [new(0.18f, 0.42f, 0.36f), new(0.38f, 0.55f, 0.48f), new(0.10f, 0.24f, 0.22f)];

    public Patch Paint(DefectSite site)
    {
        var random = site.Random;
        var canvas = site.Canvas;
        var palette = site.Surface.IsMetal ? Rust : Verdigris;
        var radius = site.Length(12f, 34f);
        Blob blob = new(random, site.X, site.Y, radius, 0.5f, 1.5f, 1.7f);
        var seed = random.Range(0f, 200f);
        var per = 1f / site.Scale;
        Patch patch = new(canvas, site.X, site.Y, blob.Reach * 1.25f);
        patch.Fill((x, y) =>
        {
            // The grain decides where the edge of the patch breaks up into spots.
            var r = blob.At(x, y);
            var grain = Noise.At(x * per * 0.16f + seed, y * per * 0.16f) * 0.6f + Noise.At(x * per * 0.4f, y * per * 0.4f + seed) * 0.4f;
            return Curves.Step(0f, 0.25f, 1.02f - r + 0.42f * grain * Curves.Step(0.35f, 0.9f, r)) * Curves.Step(0f, 0.1f, 1.3f - r);
        });
        var strength = Math.Min(0.97f, 0.85f * site.Contrast);
        patch.Paint((index, cover) =>
        {
            float x = (index % canvas.Width) * per, y = (index / canvas.Width) * per;
            var coarse = Noise.At(x * 0.12f + seed, y * 0.12f + 40f);
            var fine = Noise.At(x * 0.45f + 20f, y * 0.45f + seed);
            var colour = Rgb.Mix(Rgb.Mix(palette[0], palette[1], Curves.Step(-0.2f, 0.8f, coarse)), palette[2], Curves.Step(0.1f, 0.8f, fine) * 0.8f);
            canvas.Blend(index, colour * (1f + 0.2f * fine), cover * strength);
            canvas.BlendGloss(index, 0.02f, cover);
            canvas.Flatten(index, 0.6f * cover);
            canvas.Relief[index] += cover * (0.45f * fine + 0.4f * coarse + 0.3f) * site.Contrast;
        });
        return patch;
    }
}
