using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Defects;

/// <summary>A jagged dark line that branches and tapers.</summary>
internal sealed class CrackPainter : IDefectPainter
{
    private const int MaxDepth = 2;

    public Patch Paint(DefectSite site)
    {
        var random = site.Random;
        var length = site.Length(60f, 170f);
        var turns = random.Unit();
        List<(Trail Trail, float Width)> branches = [];
        var x = site.X - Curves.Cos(turns) * length * 0.5f;
        var y = site.Y - Curves.Sin(turns) * length * 0.5f;
        Grow(site, branches, x, y, turns, length, site.Length(1.1f, 2.4f), 0);
        var patch = Trail.Around(site.Canvas, branches.Select(b => b.Trail), 6f * site.Scale + 3f);
        foreach (var (trail, width) in branches)
        {
            trail.Draw(patch, t => width * (1f - 0.75f * t) * Curves.Step(-0.1f, 0.08f, t));
        }

        var canvas = site.Canvas;
        var dark = Math.Min(0.97f, 0.95f * site.Contrast);
        patch.Paint((index, cover) =>
        {
            canvas.Flatten(index, cover);
            canvas.Relief[index] -= 1.2f * cover;
            canvas.Blend(index, site.Surface.Deep, dark * cover);
            canvas.BlendGloss(index, 0f, cover);
        });
        return patch;
    }

    private static void Grow(DefectSite site, List<(Trail Trail, float Width)> branches, float x, float y, float turns, float length, float width, int depth)
    {
        var random = site.Random;
        var trail = Trail.Wander(random, x, y, turns, length, 4.5f * site.Scale, 0.09f, 0.012f);
        branches.Add((trail, width));
        if (depth == MaxDepth)
        {
            return;
        }

        for (var i = random.Between(0, 2 - depth); i >= 0; i--)
        {
            var from = trail.Points[random.Between(trail.Points.Count / 4, trail.Points.Count - 1)];
            var side = random.Range(0.07f, 0.16f) * (random.Chance(0.5f) ? 1f : -1f);
            Grow(site, branches, from.X, from.Y, turns + side, length * random.Range(0.25f, 0.5f), width * 0.6f, depth + 1);
        }
    }
}
