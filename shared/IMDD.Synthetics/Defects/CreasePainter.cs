using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Defects;

/// <summary>A fold or wrinkle: a long soft ridge with a shallow trough along one side.</summary>
internal sealed class CreasePainter : IDefectPainter
{
    public Patch Paint(DefectSite site)
    {
        var random = site.Random;
        var canvas = site.Canvas;
        var length = site.Length(110f, 260f);
        var width = site.Length(5f, 10f) * MathF.Sqrt(site.Surface.Pliancy);
        var turns = random.Unit();
        var trail = Trail.Wander(
            random, site.X - Curves.Cos(turns) * length * 0.5f, site.Y - Curves.Sin(turns) * length * 0.5f, turns, length, 12f * site.Scale, 0.006f, 0.006f);
        var patch = Trail.Around(canvas, [trail], width * 2f);
        Distance(patch, trail, width);
        var rise = 4.6f * site.Contrast * site.Surface.Pliancy;
        for (var row = 0; row < patch.Height; row++)
        {
            for (var column = 0; column < patch.Width; column++)
            {
                ref var value = ref patch.Cover[row * patch.Width + column];
                var profile = value * value * (3f - 2f * value);
                canvas.Relief[patch.CanvasIndex(row, column)] += rise * profile;
                canvas.Tint(patch.CanvasIndex(row, column), Rgb.Grey(1f - 0.2f * site.Contrast * value * value));
                value = value > 0.05f ? 1f : 0f;
            }
        }

        return patch;
    }

    // Coverage falls linearly from the line to the border of the ridge and towards both ends.
    private static void Distance(Patch patch, Trail trail, float width)
    {
        var points = trail.Points;
        var last = points.Count - 1;
        for (var row = 0; row < patch.Height; row++)
        {
            for (var column = 0; column < patch.Width; column++)
            {
                float px = patch.X + column + 0.5f, py = patch.Y + row + 0.5f;
                var best = 0f;
                for (var i = 0; i < last; i++)
                {
                    var (x0, y0) = points[i];
                    var (x1, y1) = points[i + 1];
                    float dx = x1 - x0, dy = y1 - y0;
                    var t = Math.Clamp(((px - x0) * dx + (py - y0) * dy) / (dx * dx + dy * dy), 0f, 1f);
                    float ex = px - x0 - t * dx, ey = py - y0 - t * dy;
                    var squared = ex * ex + ey * ey;
                    if (squared < width * width)
                    {
                        var along = (i + t) / last;
                        best = Math.Max(best, (1f - MathF.Sqrt(squared) / width) * Curves.Step(0f, 0.2f, along) * Curves.Step(0f, 0.2f, 1f - along));
                    }
                }

                patch.Cover[row * patch.Width + column] = best;
            }
        }
    }
}
