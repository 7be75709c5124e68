using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Defects;

/// <summary>Too much heat: temper colours in rings on metal, browning to charring elsewhere.</summary>
internal sealed class BurnPainter : IDefectPainter
{
    public Patch Paint(DefectSite site)
    {
        var random = site.Random;
        var canvas = site.Canvas;
        Blob blob = new(random, site.X, site.Y, site.Length(17f, 42f), 0.18f, 0.9f, 2.2f);
        var patch = blob.Around(canvas);
        patch.Fill((x, y) => 1f - Curves.Step(0.55f, 1.15f, blob.At(x, y)));
        var metal = site.Surface.IsMetal;
        var strength = Math.Min(1f, 0.85f * site.Contrast);
        patch.Paint((index, cover) =>
        {
            canvas.Tint(index, Rgb.Mix(Rgb.Grey(1f), metal ? Temper(cover) : Scorch(cover), strength * Math.Min(1f, cover * 2.2f)));
            canvas.BlendGloss(index, site.Surface.SkinGloss * 0.6f, cover * 0.8f);
        });
        return patch;
    }

    // Straw, brown, purple, blue, as an oxide film grows.
    private static Rgb Temper(float heat)
    {
        Rgb straw = new(1.0f, 0.80f, 0.42f), brown = new(0.72f, 0.42f, 0.24f), purple = new(0.45f, 0.26f, 0.42f), blue = new(0.26f, 0.40f, 0.72f);
        return heat < 0.35f ? Rgb.Mix(Rgb.Grey(1f), straw, heat / 0.35f)
            : heat < 0.6f ? Rgb.Mix(straw, brown, (heat - 0.35f) / 0.25f)
            : heat < 0.8f ? Rgb.Mix(brown, purple, (heat - 0.6f) / 0.2f)
            : Rgb.Mix(purple, blue, (heat - 0.8f) / 0.2f);
    }

    private static Rgb Scorch(float heat)
    {
        Rgb brown = new(0.62f, 0.42f, 0.26f), black = new(0.10f, 0.08f, 0.07f);
        return heat < 0.55f ? Rgb.Mix(Rgb.Grey(1f), brown, heat / 0.55f) : Rgb.Mix(brown, black, (heat - 0.55f) / 0.45f);
    }
}
