using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Defects;

/// <summary>Dried liquid: a soft irregular patch, darker where it dried last.</summary>
internal sealed class StainPainter : IDefectPainter
{
    private static readonly Rgb[] Liquids = [new(0.45f, 0.38f, 0.26f), new(0.30f, 0.28f, 0.27f), new(0.5f, 0.5f, 0.58f), new(0.55f, 0.42f, 0.3f)];

    public Patch Paint(DefectSite site)
    {
        var random = site.Random;
        var canvas = site.Canvas;
        var liquid = Liquids[random.Index(Liquids.Length)];
        var ring = random.Range(0f, 0.6f);
        Blob blob = new(random, site.X, site.Y, site.Length(16f, 46f), 0.42f, 1.3f, 1.9f);
        var patch = blob.Around(canvas);
        var soft = random.Range(0.14f, 0.3f);
        patch.Fill((x, y) => 1f - Curves.Step(1f - soft, 1f + soft, blob.At(x, y)));
        var strength = Math.Min(0.95f, 0.85f * site.Contrast);
        var mottleX = random.Range(0f, 200f);
        var grain = 0.09f / site.Scale;
        patch.Paint((index, cover) =>
        {
            int x = index % canvas.Width, y = index / canvas.Width;
            var edge = Curves.Bell((cover - 0.45f) * (cover - 0.45f) * 8f) * ring;
            var mottle = 0.8f + 0.35f * Noise.At(x * grain + mottleX, y * grain);
            var amount = Math.Min(1f, cover * strength * mottle * (1f - 0.45f * ring) + cover * edge * strength);
            canvas.Tint(index, Rgb.Mix(Rgb.Grey(1f), liquid, amount));
            canvas.BlendGloss(index, site.Surface.SkinGloss * 0.35f, amount);
        });
        return patch;
    }
}
