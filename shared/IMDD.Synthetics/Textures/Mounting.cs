using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Textures;

/// <summary>Round parts that several materials share: countersunk screws, domed rivets, empty holes.</summary>
internal static class Mounting
{
    /// <summary>A screw with a cross recess, or its empty countersink.</summary>
    public static Patch Screw(Canvas canvas, in Pose pose, Part part, bool missing, Rgb metal, Rgb deep)
    {
        var patch = Disc(canvas, pose, part, out var cx, out var cy, out var radius);
        var units = part.Radius;
        float cos = Curves.Cos(part.Turns), sin = Curves.Sin(part.Turns);
        patch.Paint((index, cover) =>
        {
            var dx = (index % canvas.Width + 0.5f - cx) / radius;
            var dy = (index / canvas.Width + 0.5f - cy) / radius;
            var r2 = dx * dx + dy * dy;
            canvas.Flatten(index, cover);
            if (missing)
            {
                // A cone that ends in a drilled hole.
                var r = MathF.Sqrt(r2);
                canvas.Relief[index] -= cover * units * 0.55f * (1f - r);
                var hole = 1f - Curves.Step(0.40f, 0.50f, r);
                canvas.Blend(index, metal * 0.7f, cover * 0.6f);
                canvas.Blend(index, deep, cover * hole);
                canvas.BlendGloss(index, 0.02f, cover * Math.Max(hole, 0.5f));
                return;
            }

            canvas.Blend(index, metal, cover);
            canvas.BlendGloss(index, 0.45f, cover);
            var across = Math.Abs(dx * cos + dy * sin);
            var along = Math.Abs(dy * cos - dx * sin);
            var recess = Math.Max(
                (1f - Curves.Step(0.10f, 0.16f, across)) * (1f - Curves.Step(0.5f, 0.6f, along)),
                (1f - Curves.Step(0.10f, 0.16f, along)) * (1f - Curves.Step(0.5f, 0.6f, across)));
            canvas.Relief[index] += cover * units * (0.10f * (1f - r2) - 0.22f * recess);
            canvas.Tint(index, Rgb.Grey(1f - 0.88f * recess * cover));
            var edge = Curves.Step(0.78f, 0.98f, MathF.Sqrt(r2));
            canvas.Tint(index, Rgb.Grey(1f - 0.8f * edge * cover));
        });
        return patch;
    }

    /// <summary>A domed head or plug in a colour of its own, or its empty hole.</summary>
    public static Patch Dome(Canvas canvas, in Pose pose, Part part, bool missing, Rgb colour, Rgb deep, float gloss, float rise)
    {
        var patch = Disc(canvas, pose, part, out var cx, out var cy, out var radius);
        patch.Paint((index, cover) =>
        {
            var dx = (index % canvas.Width + 0.5f - cx) / radius;
            var dy = (index / canvas.Width + 0.5f - cy) / radius;
            var r2 = Math.Min(1f, dx * dx + dy * dy);
            canvas.Flatten(index, cover);
            if (missing)
            {
                canvas.Relief[index] -= cover * part.Radius * 0.5f * (1f - r2);
                canvas.Blend(index, deep, cover * (1f - 0.5f * Curves.Step(0.5f, 1f, r2)));
                canvas.BlendGloss(index, 0.02f, cover);
                return;
            }

            canvas.Blend(index, colour, cover);
            canvas.BlendGloss(index, gloss, cover);
            canvas.Relief[index] += cover * part.Radius * rise * MathF.Sqrt(1f - r2 * 0.98f);
            canvas.Tint(index, Rgb.Grey(1f - 0.4f * Curves.Step(0.8f, 1f, r2) * cover));
        });
        return patch;
    }

    /// <summary>The antialiased disc of a round part.</summary>
    public static Patch Disc(Canvas canvas, in Pose pose, Part part, out float cx, out float cy, out float radius)
    {
        (cx, cy) = pose.ToPixel(part.U, part.V);
        radius = part.Radius * pose.PixelsPerUnit;
        Patch patch = new(canvas, cx, cy, radius + 2f);
        patch.Capsule(cx, cy, radius, cx, cy, radius);
        return patch;
    }
}
