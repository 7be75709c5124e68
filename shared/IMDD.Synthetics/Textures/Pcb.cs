using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Textures;

/// <summary>A printed circuit board: artwork in copper under coloured solder mask, tinned pads, vias, white legend.</summary>
internal sealed class Pcb : Surface
{
    private static readonly Rgb[] Masks = [new(0.010f, 0.085f, 0.030f), new(0.008f, 0.028f, 0.10f), new(0.016f, 0.018f, 0.021f), new(0.11f, 0.010f, 0.012f)];
    private static readonly Rgb Tin = new(0.55f, 0.55f, 0.52f);
    private static readonly Rgb White = new(0.66f, 0.67f, 0.64f);

    private readonly Rgb _mask;
    private readonly Rgb _maskOnCopper;
    private readonly PcbLayout _layout;

    public Pcb(SeededRandom product, IReadOnlyList<Part> parts)
    {
        _mask = Masks[product.Chance(0.6f) ? 0 : product.Index(Masks.Length)] * product.Range(0.85f, 1.2f);
        _maskOnCopper = Rgb.Mix(_mask * 1.9f, new Rgb(0.30f, 0.26f, 0.10f), 0.10f);
        _layout = new PcbLayout(product, parts);
    }

    public override Rgb Skin => _mask;
    public override Rgb Fresh => new(0.52f, 0.31f, 0.14f);
    public override Rgb Deep => new(0.05f, 0.04f, 0.02f);
    public override float FreshGloss => 0.4f;
    public override float SkinGloss => 0.09f;
    public override int SpecularDoublings => 6;

    public override void Paint(Canvas canvas, in Pose pose, SeededRandom random)
    {
        PaintBoard(canvas, pose, random);
        Patch copper = new(canvas, 0f, 0f, canvas.Width, canvas.Height);
        foreach (var stroke in _layout.Traces)
        {
            Draw(copper, pose, stroke);
        }

        foreach (var (u, v) in _layout.Vias)
        {
            Draw(copper, pose, new PcbStroke(u, v, u, v, 6f));
        }

        for (var i = 0; i < copper.Cover.Length; i++)
        {
            var cover = copper.Cover[i];
            if (cover > 0f)
            {
                canvas.Blend(i, _maskOnCopper, cover);
                canvas.Relief[i] += 0.8f * cover;
            }
        }

        foreach (var pad in _layout.Pads)
        {
            PaintPad(canvas, pose, pad);
        }

        foreach (var (u, v) in _layout.Vias)
        {
            PaintVia(canvas, pose, u, v);
        }

        foreach (var stroke in _layout.Legend)
        {
            var (x0, y0) = pose.ToPixel(stroke.U0, stroke.V0);
            var (x1, y1) = pose.ToPixel(stroke.U1, stroke.V1);
            Patch ink = new(canvas, Math.Min(x0, x1) - 3f, Math.Min(y0, y1) - 3f, Math.Max(x0, x1) + 3f, Math.Max(y0, y1) + 3f);
            ink.Capsule(x0, y0, stroke.Radius * pose.PixelsPerUnit, x1, y1, stroke.Radius * pose.PixelsPerUnit);
            ink.Paint((index, cover) =>
            {
                canvas.Blend(index, White, 0.85f * cover);
                canvas.Relief[index] += 0.25f * cover;
            });
        }
    }

    public override Patch PaintPart(Canvas canvas, in Pose pose, Part part, bool missing)
    {
        // A chip resistor on two pads; without it the bare pads and the solder show.
        var (cx, cy) = pose.ToPixel(part.U, part.V);
        var scale = 1f / (part.Radius * pose.PixelsPerUnit);
        float cos = pose.CosStep * pose.PixelsPerUnit, sin = pose.SinStep * pose.PixelsPerUnit;
        Patch patch = new(canvas, cx, cy, part.Radius * pose.PixelsPerUnit * 1.7f);
        var soft = scale * 0.7f;
        patch.Fill((x, y) =>
        {
            var a = Math.Abs((x - cx) * cos + (y - cy) * sin) * scale;
            var b = Math.Abs((y - cy) * cos - (x - cx) * sin) * scale;
            return (1f - Curves.Step(1.35f - soft, 1.35f + soft, a)) * (1f - Curves.Step(0.68f - soft, 0.68f + soft, b));
        });
        patch.Paint((index, cover) =>
        {
            var dx = index % canvas.Width + 0.5f - cx;
            var dy = index / canvas.Width + 0.5f - cy;
            var a = Math.Abs(dx * cos + dy * sin) * scale;
            var b = Math.Abs(dy * cos - dx * sin) * scale;
            var end = Curves.Step(0.88f, 0.96f, a);
            if (missing)
            {
                canvas.Blend(index, Tin * 0.9f, cover * Curves.Step(0.5f, 0.58f, a));
                canvas.BlendGloss(index, 0.5f, cover * end);
                canvas.Relief[index] += cover * 0.9f * end * (1f - b);
                return;
            }

            canvas.Blend(index, Rgb.Mix(Rgb.Grey(0.035f), Tin, end), cover);
            canvas.BlendGloss(index, Curves.Lerp(0.12f, 0.5f, end), cover);
            canvas.Relief[index] += cover * part.Radius * 0.35f * (1f - 0.5f * Curves.Step(1.05f, 1.35f, a));
            var mark = (1f - Curves.Step(0.05f, 0.1f, Math.Abs(b - 0.22f))) * (1f - Curves.Step(0.42f, 0.5f, a));
            canvas.Blend(index, White, 0.7f * cover * mark);
        });
        return patch;
    }

    private void PaintBoard(Canvas canvas, in Pose pose, SeededRandom random)
    {
        var offset = random.Range(0f, 2000f);
        var tone = 1f + random.Symmetric(0.05f);
        for (var y = 0; y < canvas.Height; y++)
        {
            var (u0, v0) = pose.ToSurface(0.5f, y + 0.5f);
            for (var x = 0; x < canvas.Width; x++)
            {
                var u = u0 + x * pose.CosStep;
                var v = v0 + x * pose.SinStep;
                var cloud = Noise.At(u * 0.02f + offset, v * 0.02f);
                var weave = Curves.Sin(u * 0.11f) * Curves.Sin(v * 0.11f);
                var fine = Noise.At(u * 0.4f + offset, v * 0.4f + 5f);
                var level = tone * (1f + 0.06f * cloud + 0.06f * weave + 0.05f * fine);
                var index = y * canvas.Width + x;
                canvas.R[index] = _mask.R * level;
                canvas.G[index] = _mask.G * level;
                canvas.B[index] = _mask.B * level;
                canvas.Relief[index] = 0.12f * cloud + 0.07f * weave + 0.05f * fine;
                canvas.Gloss[index] = 0.09f;
            }
        }
    }

    private static void PaintPad(Canvas canvas, in Pose pose, PcbPad pad)
    {
        var (cx, cy) = pose.ToPixel(pad.U, pad.V);
        var reach = (pad.HalfU + pad.HalfV) * pose.PixelsPerUnit;
        if (cx < -reach || cy < -reach || cx > canvas.Width + reach || cy > canvas.Height + reach)
        {
            return;
        }

        float cos = pose.CosStep, sin = pose.SinStep;
        var soft = 0.6f / pose.PixelsPerUnit;
        Patch patch = new(canvas, cx, cy, reach);
        for (var row = 0; row < patch.Height; row++)
        {
            for (var column = 0; column < patch.Width; column++)
            {
                var dx = patch.X + column + 0.5f - cx;
                var dy = patch.Y + row + 0.5f - cy;
                var a = Math.Abs(dx * cos + dy * sin);
                var b = Math.Abs(dy * cos - dx * sin);
                var cover = (1f - Curves.Step(pad.HalfU - soft, pad.HalfU + soft, a)) * (1f - Curves.Step(pad.HalfV - soft, pad.HalfV + soft, b));
                if (cover > 0f)
                {
                    var index = patch.CanvasIndex(row, column);
                    var dome = (1f - a / pad.HalfU * (a / pad.HalfU)) * (1f - b / pad.HalfV * (b / pad.HalfV));
                    canvas.Blend(index, Tin, cover);
                    canvas.BlendGloss(index, 0.5f, cover);
                    canvas.Relief[index] += cover * (0.6f + 1.3f * Math.Max(0f, dome));
                }
            }
        }
    }

    private void PaintVia(Canvas canvas, in Pose pose, float u, float v)
    {
        var (cx, cy) = pose.ToPixel(u, v);
        var radius = 4.6f * pose.PixelsPerUnit;
        Patch patch = new(canvas, cx, cy, radius + 2f);
        patch.Capsule(cx, cy, radius, cx, cy, radius);
        patch.Paint((index, cover) =>
        {
            var dx = index % canvas.Width + 0.5f - cx;
            var dy = index / canvas.Width + 0.5f - cy;
            var r = MathF.Sqrt(dx * dx + dy * dy) / radius;
            canvas.Blend(index, Fresh * 1.1f, cover);
            canvas.BlendGloss(index, 0.4f, cover);
            var hole = 1f - Curves.Step(0.45f, 0.6f, r);
            canvas.Blend(index, Deep, hole);
            canvas.BlendGloss(index, 0f, hole);
            canvas.Relief[index] -= 1.5f * hole;
        });
    }

    private static void Draw(Patch patch, in Pose pose, PcbStroke stroke)
    {
        var (x0, y0) = pose.ToPixel(stroke.U0, stroke.V0);
        var (x1, y1) = pose.ToPixel(stroke.U1, stroke.V1);
        var radius = stroke.Radius * pose.PixelsPerUnit;
        patch.Capsule(x0, y0, radius, x1, y1, radius);
    }
}
