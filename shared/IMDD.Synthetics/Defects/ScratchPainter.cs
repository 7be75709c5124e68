using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Defects;

/// <summary>A groove: its flanks face to and from the lamp, its rims are raised, its ground is fresh material. It skips here and there.</summary>
internal sealed class ScratchPainter : IDefectPainter
{
    public Patch Paint(DefectSite site)
    {
        var random = site.Random;
        var length = site.Length(60f, 250f);
        var turns = random.Unit();
        var width = site.Length(0.7f, 1.9f);
        var trail = Trail.Wander(
            random, site.X - Curves.Cos(turns) * length * 0.5f, site.Y - Curves.Sin(turns) * length * 0.5f, turns, length, 7f * site.Scale, 0.004f, 0.0022f);
        var phase = random.Range(0f, 200f);
        float Radius(float t) => width * Curves.Step(0f, 0.18f, t) * Curves.Step(0f, 0.3f, 1f - t)
            * Math.Max(0.12f, 0.75f + 0.75f * Noise.At(phase + t * 9f, 3f));
        var groove = Trail.Around(site.Canvas, [trail], width * 3f + 4f);
        var rim = Trail.Around(site.Canvas, [trail], width * 3f + 4f);
        trail.Draw(groove, Radius);
        trail.Draw(rim, t => Radius(t) < 0.25f ? 0f : Radius(t) * 1.9f + 0.8f);
        var depth = 1.1f * site.Contrast * width / site.Scale;
        var lay = 0.6f * site.Contrast;
        var canvas = site.Canvas;
        for (var row = 0; row < groove.Height; row++)
        {
            for (var column = 0; column < groove.Width; column++)
            {
                var inner = groove.Cover[row * groove.Width + column];
                var outer = rim.Cover[row * groove.Width + column];
                if (outer > 0f || inner > 0f)
                {
                    var index = groove.CanvasIndex(row, column);
                    canvas.Relief[index] += depth * (0.45f * Math.Max(0f, outer - inner) - inner);
                    canvas.Blend(index, site.Surface.Fresh, lay * inner);
                    canvas.BlendGloss(index, site.Surface.FreshGloss, inner);
                }
            }
        }

        return groove;
    }
}
