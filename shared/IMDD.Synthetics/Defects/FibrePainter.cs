using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Defects;

/// <summary>A loose thread that lies on the surface in curls and casts a shadow beside itself; the shadow is not part of the mask.</summary>
internal sealed class FibrePainter : IDefectPainter
{
    private static readonly Rgb[] Dyes = [new(0.70f, 0.70f, 0.68f), new(0.05f, 0.07f, 0.22f), new(0.42f, 0.05f, 0.05f), new(0.03f, 0.03f, 0.03f)];

    public Patch Paint(DefectSite site)
    {
        var random = site.Random;
        var canvas = site.Canvas;
        var dye = Dyes[random.Index(Dyes.Length)];
        if (Math.Abs(dye.G - site.Surface.Skin.G) < 0.12f)
        {
            dye = site.Surface.Skin.G > 0.3f ? Dyes[3] : Dyes[0];
        }

        var width = site.Length(0.9f, 1.7f);
        var trail = Trail.Wander(random, site.X, site.Y, random.Unit(), site.Length(130f, 280f), 4f * site.Scale, 0f, 0.022f);
        var margin = width + 8f * site.Scale;
        var shadow = Trail.Around(canvas, [trail], margin);
        var patch = Trail.Around(canvas, [trail], margin);
        trail.Draw(shadow, _ => width * 1.5f);
        trail.Draw(patch, _ => width);
        var offsetX = (int)(2.2f * site.Scale + 1f);
        var offsetY = (int)(2.6f * site.Scale + 1f);
        for (var row = patch.Height - 1; row >= 0; row--)
        {
            for (var column = patch.Width - 1; column >= 0; column--)
            {
                var index = patch.CanvasIndex(row, column);
                if (row >= offsetY && column >= offsetX)
                {
                    var dark = shadow.Cover[(row - offsetY) * patch.Width + column - offsetX];
                    canvas.Tint(index, Rgb.Grey(1f - 0.4f * dark));
                }

                var cover = patch.Cover[row * patch.Width + column];
                canvas.Blend(index, dye, cover * 0.95f);
                canvas.Relief[index] += 1.4f * cover;
                canvas.BlendGloss(index, 0.1f, cover);
            }
        }

        return patch;
    }
}
