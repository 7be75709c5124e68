using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Defects;

/// <summary>Marks of a vibrating tool: a regular ripple that swells and fades over a patch.</summary>
internal sealed class ChatterPainter : IDefectPainter
{
    public Patch Paint(DefectSite site)
    {
        var random = site.Random;
        var canvas = site.Canvas;
        var pitch = site.Length(7f, 12f);
        var turns = random.Unit();
        float cos = Curves.Cos(turns) / pitch, sin = Curves.Sin(turns) / pitch;
        Blob blob = new(random, site.X, site.Y, site.Length(34f, 62f), 0.15f, 0.8f, 1.8f);
        var patch = blob.Around(canvas);
        patch.Fill((x, y) =>
        {
            var r = blob.At(x, y);
            return Math.Max(0f, Curves.Bell(r * r) - 0.04f);
        });
        for (var row = 0; row < patch.Height; row++)
        {
            for (var column = 0; column < patch.Width; column++)
            {
                float x = patch.X + column + 0.5f - site.X, y = patch.Y + row + 0.5f - site.Y;
                ref var value = ref patch.Cover[row * patch.Width + column];
                var wave = Curves.Sin(x * cos + y * sin);
                var index = patch.CanvasIndex(row, column);
                canvas.Relief[index] += 1.3f * site.Contrast * value * wave;
                canvas.Tint(index, Rgb.Grey(1f + 0.12f * site.Contrast * value * wave));
                value = value > 0f ? 1f : 0f;
            }
        }

        return patch;
    }
}
