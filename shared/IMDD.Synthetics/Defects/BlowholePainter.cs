using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Defects;

/// <summary>An open gas hole: round, deep, dark on the lamp's side, with a rounded rim.</summary>
internal sealed class BlowholePainter : IDefectPainter
{
    public Patch Paint(DefectSite site)
    {
        var canvas = site.Canvas;
        var radius = site.Length(6.5f, 17f);
        Blob blob = new(site.Random, site.X, site.Y, radius, 0.13f, 1.1f, 1.35f);
        var patch = blob.Around(canvas);
        patch.Fill((x, y) => 1f - Curves.Step(0.9f, 1.08f, blob.At(x, y)));
        var depth = radius / site.Scale * 0.55f;
        for (var row = 0; row < patch.Height; row++)
        {
            for (var column = 0; column < patch.Width; column++)
            {
                var r = blob.At(patch.X + column + 0.5f, patch.Y + row + 0.5f);
                if (r < 1.35f)
                {
                    var index = patch.CanvasIndex(row, column);
                    canvas.Relief[index] += 0.10f * depth * Curves.Bell((r - 1.1f) * (r - 1.1f) * 16f);
                    var cover = patch.Cover[row * patch.Width + column];
                    canvas.Flatten(index, cover);
                    canvas.Relief[index] -= cover * depth * MathF.Sqrt(Math.Max(0f, 1f - 0.9f * r * r));
                    canvas.Blend(index, site.Surface.Deep, cover * Math.Min(0.92f, 0.78f * site.Contrast) * (1f - 0.5f * Curves.Step(0.55f, 1f, r)));
                    canvas.BlendGloss(index, 0.03f, cover);
                }
            }
        }

        return patch;
    }
}
