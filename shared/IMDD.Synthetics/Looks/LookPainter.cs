using IMDD.Synthetics.Defects;
using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Looks;

/// <summary>Paints a look: first where and how high, then relief and colour.</summary>
internal sealed class LookPainter(DefectLook look) : IDefectPainter
{
    private static readonly Rgb[] Hues = [new(0.45f, 0.13f, 0.05f), new(0.08f, 0.36f, 0.16f), new(0.07f, 0.14f, 0.48f), new(0.62f, 0.44f, 0.06f)];

    // Between stripes nothing is to be seen, and yet it belongs to them.
    private const float Faint = 0.03f;

    public Patch Paint(DefectSite site)
    {
        var (patch, height) = look.Form switch
        {
            LookForm.Spot => Spots(site),
            LookForm.Line => Lines(site),
            LookForm.Ring => Ring(site),
            LookForm.Stripes => Stripes(site),
            _ => Area(site),
        };
        Colour(site, patch);
        var depth = look.Relief switch { LookRelief.Raised => 1f, LookRelief.Sunken => -1f, _ => 0f } * site.Contrast;
        for (var row = 0; row < patch.Height; row++)
        {
            for (var column = 0; column < patch.Width; column++)
            {
                var at = row * patch.Width + column;
                site.Canvas.Relief[patch.CanvasIndex(row, column)] += depth * height[at];
                if (look.Form == LookForm.Stripes)
                {
                    patch.Cover[at] = patch.Cover[at] > Faint ? 1f : 0f;
                }
            }
        }

        return patch;
    }

    private void Colour(DefectSite site, Patch patch)
    {
        var (random, canvas, skin) = (site.Random, site.Canvas, site.Surface.Skin);
        var paint = look.Tone switch
        {
            LookTone.Dark => skin * random.Range(0.08f, 0.3f),
            LookTone.Bright => Rgb.Mix(skin, Rgb.Grey(random.Range(0.75f, 0.95f)), 0.85f),
            _ => Hues[random.Index(Hues.Length)],
        };
        var strength = Math.Min(0.95f, random.Range(0.6f, 0.85f) * site.Contrast);
        var gloss = look.Tone == LookTone.Bright ? random.Range(0.3f, 0.8f) : random.Range(0.02f, 0.25f);
        var grain = random.Range(0.1f, 0.5f) / site.Scale;
        if (look.Tone == LookTone.Plain)
        {
            return;
        }

        patch.Paint((index, cover) =>
        {
            var mottle = 1f + 0.12f * Noise.At(index % canvas.Width * grain, index / canvas.Width * grain);
            canvas.Blend(index, paint * mottle, cover * strength);
            canvas.BlendGloss(index, gloss, cover * strength);
        });
    }

    private (Patch Patch, float[] Height) Spots(DefectSite site)
    {
        var random = site.Random;
        var count = look.IsSeveral ? random.Between(5, 14) : 1;
        var reach = look.IsSeveral ? site.Length(18f, 44f) : 0f;
        var (low, high) = look.IsSeveral ? (2.2f, 6f) : (4f, 11f);
        Patch patch = new(site.Canvas, site.X, site.Y, reach + high * site.Scale + 3f);
        var height = new float[patch.Cover.Length];
        for (; count > 0; count--)
        {
            var (x, y) = (site.X + random.Symmetric(reach), site.Y + random.Symmetric(reach));
            var radius = Math.Max(1.2f, site.Length(low, high));
            Each(patch, (px, py, at) =>
            {
                var r = MathF.Sqrt((px - x) * (px - x) + (py - y) * (py - y)) / radius;
                patch.Cover[at] = Math.Max(patch.Cover[at], Math.Clamp((1f - r) * radius + 0.5f, 0f, 1f));
                height[at] = Math.Max(height[at], 0.7f * radius / site.Scale * Curves.Bell(r * r));
            });
        }

        return (patch, height);
    }

    private (Patch Patch, float[] Height) Lines(DefectSite site)
    {
        var random = site.Random;
        var (bend, curl) = look.Bend switch { LookBend.Straight => (0.003f, 0.0015f), LookBend.Wavy => (0.05f, 0.007f), _ => (0f, 0.024f) };
        var length = look.IsSeveral ? (Low: 35f, High: 90f) : (Low: 70f, High: 230f);
        var turns = random.Unit();
        var width = site.Length(0.8f, 2.4f);
        List<Trail> trails = [];
        for (var count = look.IsSeveral ? random.Between(3, 6) : 1; count > 0; count--)
        {
            var (far, own) = (look.IsSeveral ? 26f * site.Scale : 0f, site.Length(length.Low, length.High));
            var heading = turns + random.Symmetric(0.06f);
            var x = site.X + random.Symmetric(far) - Curves.Cos(heading) * own * 0.5f;
            var y = site.Y + random.Symmetric(far) - Curves.Sin(heading) * own * 0.5f;
            trails.Add(Trail.Wander(random, x, y, heading, own, 5f * site.Scale, bend, curl));
        }

        var patch = Trail.Around(site.Canvas, trails, width + 3f);
        trails.ForEach(trail => trail.Draw(patch, _ => width));
        return (patch, [.. patch.Cover.Select(cover => 1.2f * cover)]);
    }

    private (Patch Patch, float[] Height) Area(DefectSite site)
    {
        var random = site.Random;
        Blob blob = new(random, site.X, site.Y, site.Length(14f, 42f), random.Range(0.05f, 0.45f), random.Range(0.8f, 2f), 1.8f);
        var soft = look.IsSoft ? random.Range(0.25f, 0.45f) : 0.04f;
        var patch = blob.Around(site.Canvas);
        var height = new float[patch.Cover.Length];
        Each(patch, (x, y, at) =>
        {
            var r = blob.At(x, y);
            patch.Cover[at] = 1f - Curves.Step(1f - soft, 1f + soft, r);
            height[at] = 2f * patch.Cover[at];
            if (look.HasRim)
            {
                var rim = Curves.Bell((r - 1.02f) * (r - 1.02f) * 110f);
                site.Canvas.Relief[Index(patch, at)] += 2.4f * rim;
                patch.Cover[at] = Math.Max(patch.Cover[at], rim);
            }
        });
        return (patch, height);
    }

    private static (Patch Patch, float[] Height) Ring(DefectSite site)
    {
        var random = site.Random;
        Blob blob = new(random, site.X, site.Y, site.Length(12f, 36f), random.Range(0.03f, 0.2f), 1.2f, 1.5f);
        var narrow = random.Range(30f, 120f);
        var patch = blob.Around(site.Canvas);
        var height = new float[patch.Cover.Length];
        Each(patch, (x, y, at) =>
        {
            var r = blob.At(x, y) - 0.9f;
            patch.Cover[at] = Curves.Bell(r * r * narrow);
            height[at] = 2f * patch.Cover[at];
        });
        return (patch, height);
    }

    private static (Patch Patch, float[] Height) Stripes(DefectSite site)
    {
        var random = site.Random;
        var (turns, pitch) = (random.Unit(), site.Length(6f, 13f));
        var (cos, sin) = (Curves.Cos(turns) / pitch, Curves.Sin(turns) / pitch);
        Blob blob = new(random, site.X, site.Y, site.Length(26f, 56f), 0.15f, 0.8f, 1.8f);
        var patch = blob.Around(site.Canvas);
        var height = new float[patch.Cover.Length];
        Each(patch, (x, y, at) =>
        {
            var inside = 1f - Curves.Step(0.75f, 1.05f, blob.At(x, y));
            var wave = 0.5f + 0.5f * Curves.Sin((x - site.X) * cos + (y - site.Y) * sin);
            patch.Cover[at] = inside > Faint ? Math.Max(2f * Faint, inside * wave) : 0f;
            height[at] = 2.2f * inside * wave;
        });
        return (patch, height);
    }

    private static void Each(Patch patch, Action<float, float, int> visit)
    {
        for (var row = 0; row < patch.Height; row++)
        {
            for (var column = 0; column < patch.Width; column++)
            {
                visit(patch.X + column + 0.5f, patch.Y + row + 0.5f, row * patch.Width + column);
            }
        }
    }

    private static int Index(Patch patch, int at) => patch.CanvasIndex(at / patch.Width, at % patch.Width);
}
