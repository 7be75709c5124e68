using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Defects;

/// <summary>Beads thrown from one side: raised, round, glossy, dark where they touch, smaller the farther they flew.</summary>
internal sealed class SpatterPainter : IDefectPainter
{
    public Patch Paint(DefectSite site)
    {
        var random = site.Random;
        var canvas = site.Canvas;
        var reach = 58f * site.Scale;
        var turns = random.Unit();
        var bead = site.Surface.IsMetal ? new Rgb(0.30f, 0.30f, 0.32f) : new Rgb(0.52f, 0.52f, 0.53f);
        Patch all = new(canvas, site.X, site.Y, reach + 10f * site.Scale);
        for (var count = random.Between(8, 24); count > 0; count--)
        {
            var far = random.Unit();
            var heading = turns + random.Symmetric(0.16f);
            var x = site.X + Curves.Cos(heading) * reach * (far * 1.6f - 0.7f);
            var y = site.Y + Curves.Sin(heading) * reach * (far * 1.6f - 0.7f);
            var radius = site.Length(1.6f, 6.2f) * (1.15f - 0.6f * far);
            for (var row = 0; row < all.Height; row++)
            {
                for (var column = 0; column < all.Width; column++)
                {
                    var dx = all.X + column + 0.5f - x;
                    var dy = all.Y + row + 0.5f - y;
                    var distance = MathF.Sqrt(dx * dx + dy * dy);
                    var cover = Math.Clamp(radius + 0.5f - distance, 0f, 1f);
                    if (cover > 0f)
                    {
                        var r = Math.Min(1f, distance / radius);
                        var index = all.CanvasIndex(row, column);
                        canvas.Blend(index, bead * (1f - 0.65f * Curves.Step(0.7f, 1f, r)), cover);
                        canvas.Flatten(index, cover);
                        canvas.Relief[index] += cover * radius / site.Scale * 0.75f * MathF.Sqrt(1f - 0.96f * r * r);
                        canvas.BlendGloss(index, 0.9f, cover);
                        ref var value = ref all.Cover[row * all.Width + column];
                        value = Math.Max(value, cover);
                    }
                }
            }
        }

        return all;
    }
}
