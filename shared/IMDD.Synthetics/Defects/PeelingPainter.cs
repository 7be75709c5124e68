using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Defects;

/// <summary>A coating that came off in a flake: bare ground inside, a curled bright edge, the edge's shadow on the ground.</summary>
internal sealed class PeelingPainter : IDefectPainter
{
    public Patch Paint(DefectSite site)
    {
        var random = site.Random;
        var canvas = site.Canvas;
        var radius = site.Length(20f, 44f);
        Blob blob = new(random, site.X, site.Y, radius, 0.45f, 1.9f, 1.5f);
        var patch = blob.Around(canvas);
        patch.Fill((x, y) => 1f - Curves.Step(0.96f, 1.04f, blob.At(x, y)));
        var primer = Rgb.Mix(site.Surface.Fresh, site.Surface.Skin.G > 0.2f ? new Rgb(0.16f, 0.15f, 0.15f) : new Rgb(0.5f, 0.48f, 0.44f), 0.75f);
        var per = 1f / site.Scale;
        for (var row = 0; row < patch.Height; row++)
        {
            for (var column = 0; column < patch.Width; column++)
            {
                float x = patch.X + column + 0.5f, y = patch.Y + row + 0.5f;
                var r = blob.At(x, y);
                var index = patch.CanvasIndex(row, column);
                ref var cover = ref patch.Cover[row * patch.Width + column];
                var grain = Noise.At(x * per * 0.3f, y * per * 0.3f);
                canvas.Flatten(index, 0.7f * cover);
                canvas.Relief[index] -= 1.1f * cover;
                canvas.Blend(index, primer * (1f + 0.15f * grain), cover * 0.9f);
                canvas.BlendGloss(index, 0.03f, cover);
                var shadow = Curves.Bell((r - 0.88f) * (r - 0.88f) * 120f) * cover;
                canvas.Tint(index, Rgb.Grey(1f - 0.55f * shadow));
                var curl = Curves.Bell((r - 1.06f) * (r - 1.06f) * 130f);
                canvas.Relief[index] += 2.8f * curl;
                canvas.Tint(index, Rgb.Grey(1f + 0.35f * curl));
                cover = Math.Max(cover, curl);
            }
        }

        return patch;
    }
}
