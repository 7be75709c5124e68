using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Defects;

/// <summary>A foreign particle pressed into the surface: an edged shape, its own colour, a step at its border.</summary>
internal sealed class InclusionPainter : IDefectPainter
{
    private static readonly Rgb[] Matters = [new(0.02f, 0.02f, 0.022f), new(0.66f, 0.64f, 0.6f), new(0.12f, 0.07f, 0.04f), new(0.32f, 0.30f, 0.26f)];

    public Patch Paint(DefectSite site)
    {
        var random = site.Random;
        var canvas = site.Canvas;
        var radius = site.Length(4f, 11f);
        var matter = Matters[random.Index(Matters.Length)];
        var skin = site.Surface.Skin;
        if (Math.Abs(matter.G - skin.G) < 0.08f)
        {
            matter = skin.G > 0.25f ? Matters[0] : Matters[1];
        }

        // A convex polygon as the intersection of half planes.
        var sides = random.Between(5, 8);
        var planes = new (float X, float Y, float Distance)[sides];
        for (var i = 0; i < sides; i++)
        {
            var turns = (i + random.Range(0.1f, 0.9f)) / sides;
            planes[i] = (Curves.Cos(turns), Curves.Sin(turns), radius * random.Range(0.5f, 1f));
        }

        Patch patch = new(canvas, site.X, site.Y, radius * 2.4f);
        patch.Fill((x, y) =>
        {
            var inside = radius;
            foreach (var (px, py, distance) in planes)
            {
                inside = Math.Min(inside, distance - (x - site.X) * px - (y - site.Y) * py);
            }

            return Math.Clamp(inside + 0.5f, 0f, 1f);
        });
        var strength = Math.Min(0.95f, 0.8f * site.Contrast);
        var per = 0.5f / site.Scale;
        patch.Paint((index, cover) =>
        {
            var grain = Noise.At(index % canvas.Width * per, index / canvas.Width * per);
            canvas.Blend(index, matter * (1f + 0.25f * grain), cover * strength);
            canvas.BlendGloss(index, 0.15f, cover);
            canvas.Flatten(index, cover);
            canvas.Relief[index] += cover * (0.9f + 0.4f * grain);
        });
        return patch;
    }
}
