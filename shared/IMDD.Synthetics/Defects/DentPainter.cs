using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Defects;

/// <summary>A smooth depression. Nothing but the relief changes; the lamp shows it.</summary>
internal sealed class DentPainter : IDefectPainter
{
    public Patch Paint(DefectSite site)
    {
        var canvas = site.Canvas;
        var radius = site.Length(16f, 40f);
        var depth = radius / site.Scale * 0.23f * site.Contrast;
        Blob blob = new(site.Random, site.X, site.Y, radius, 0.06f, 0.8f, 1.5f);
        var patch = blob.Around(canvas);

        // Mask and relief end together: the bell's slope is gone at r = 1.
        patch.Fill((x, y) =>
        {
            var r = blob.At(x, y);
            return Curves.Bell(r * r);
        });
        for (var row = 0; row < patch.Height; row++)
        {
            for (var column = 0; column < patch.Width; column++)
            {
                ref var value = ref patch.Cover[row * patch.Width + column];
                canvas.Relief[patch.CanvasIndex(row, column)] -= depth * value;
                value = value > 0.02f ? 1f : 0f;
            }
        }

        return patch;
    }
}
