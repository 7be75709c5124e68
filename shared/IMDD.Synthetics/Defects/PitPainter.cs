using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Defects;

/// <summary>Two to eight small craters near each other.</summary>
internal sealed class PitPainter : IDefectPainter
{
    public Patch Paint(DefectSite site)
    {
        var random = site.Random;
        var canvas = site.Canvas;
        var spread = 26f * site.Scale;
        Patch all = new(canvas, site.X, site.Y, spread + 12f * site.Scale);
        for (var count = random.Between(2, 8); count > 0; count--)
        {
            var x = site.X + random.Symmetric(spread);
            var y = site.Y + random.Symmetric(spread);
            Blob blob = new(random, x, y, site.Length(2.5f, 6.5f), 0.3f, 1.6f, 1.5f);
            for (var row = 0; row < all.Height; row++)
            {
                for (var column = 0; column < all.Width; column++)
                {
                    var px = all.X + column + 0.5f;
                    var py = all.Y + row + 0.5f;
                    if (Math.Abs(px - x) > blob.Reach || Math.Abs(py - y) > blob.Reach)
                    {
                        continue;
                    }

                    var r = blob.At(px, py);
                    var cover = 1f - Curves.Step(0.82f, 1.12f, r);
                    if (cover > 0f)
                    {
                        ref var value = ref all.Cover[row * all.Width + column];
                        var index = all.CanvasIndex(row, column);
                        canvas.Relief[index] -= cover * 2.6f * site.Contrast * (1f - 0.6f * r * r);
                        canvas.Blend(index, site.Surface.Deep, cover * (1f - value) * 0.75f * site.Contrast * (1f - 0.55f * r));
                        canvas.BlendGloss(index, 0.02f, cover);
                        value = Math.Max(value, cover);
                    }
                }
            }
        }

        return all;
    }
}
