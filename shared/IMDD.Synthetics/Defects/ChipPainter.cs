using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Defects;

/// <summary>A spall: material broken out along flat facets, the fresh break brighter than the skin.</summary>
internal sealed class ChipPainter : IDefectPainter
{
    public Patch Paint(DefectSite site)
    {
        var random = site.Random;
        var canvas = site.Canvas;
        var radius = site.Length(9f, 24f);
        Blob blob = new(random, site.X, site.Y, radius, 0.28f, 1.0f, 1.7f);
        var patch = blob.Around(canvas);
        patch.Fill((x, y) => 1f - Curves.Step(0.95f, 1.03f, blob.At(x, y)));
        var facets = new (float X, float Y, float SlopeX, float SlopeY, float Tone)[random.Between(3, 6)];
        for (var i = 0; i < facets.Length; i++)
        {
            facets[i] = (
                site.X + random.Symmetric(radius), site.Y + random.Symmetric(radius),
                random.Symmetric(0.55f), random.Symmetric(0.55f), random.Range(0.75f, 1.1f));
        }

        var strength = Math.Min(0.95f, 0.7f * site.Contrast);
        var per = 1f / site.Scale;
        patch.Paint((index, cover) =>
        {
            float x = index % canvas.Width, y = index / canvas.Width;
            var nearest = facets[0];
            var best = float.MaxValue;
            foreach (var facet in facets)
            {
                var distance = (x - facet.X) * (x - facet.X) + (y - facet.Y) * (y - facet.Y);
                if (distance < best)
                {
                    (best, nearest) = (distance, facet);
                }
            }

            var grain = Noise.At(x * per * 0.35f, y * per * 0.35f);
            var plane = ((x - nearest.X) * nearest.SlopeX + (y - nearest.Y) * nearest.SlopeY) * per;
            canvas.Flatten(index, cover);
            canvas.Relief[index] += cover * (plane - 1.8f + 0.25f * grain) * Math.Min(1f, site.Contrast);
            canvas.Blend(index, site.Surface.Fresh * (nearest.Tone * (0.82f + 0.12f * grain)), cover * strength);
            canvas.BlendGloss(index, site.Surface.FreshGloss * 0.5f, cover);
        });
        return patch;
    }
}
