using IMDD.Synthetics.Textures;

namespace IMDD.Synthetics.Rendering;

/// <summary>Harmless marks that every line has: dust, smudges, rubs, a printed code. They are on good and bad frames alike.</summary>
internal static class Clutter
{
    // Rows of 5 dots, the left one in bit 4.
    private static readonly byte[][] Digits =
    [
        [0x0E, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0E], [0x04, 0x0C, 0x04, 0x04, 0x04, 0x04, 0x0E], [0x0E, 0x11, 0x01, 0x06, 0x08, 0x10, 0x1F],
        [0x0E, 0x11, 0x01, 0x06, 0x01, 0x11, 0x0E], [0x02, 0x06, 0x0A, 0x12, 0x1F, 0x02, 0x02], [0x1F, 0x10, 0x1E, 0x01, 0x01, 0x11, 0x0E],
        [0x06, 0x08, 0x10, 0x1E, 0x11, 0x11, 0x0E], [0x1F, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08], [0x0E, 0x11, 0x11, 0x0E, 0x11, 0x11, 0x0E],
        [0x0E, 0x11, 0x11, 0x0F, 0x01, 0x02, 0x0C],
    ];

    public static void Paint(Canvas canvas, in Pose pose, Surface surface, SeededRandom random, float amount)
    {
        var scale = pose.PixelsPerUnit;
        for (var i = Count(random, 14f * amount); i > 0; i--)
        {
            Dust(canvas, random, scale);
        }

        for (var i = Count(random, 3f * amount); i > 0; i--)
        {
            Smudge(canvas, random, scale);
        }

        for (var i = Count(random, 3f * amount); i > 0; i--)
        {
            Rub(canvas, random, scale);
        }

        for (var i = random.Chance(0.5f * amount) ? random.Between(1, 9) : 0; i > 0; i--)
        {
            Drop(canvas, random, scale);
        }

        if (random.Chance(0.45f * amount))
        {
            PenMark(canvas, surface, random, scale);
        }

        if (random.Chance(0.4f * amount))
        {
            Label(canvas, pose, random);
        }

        if (random.Chance(0.6f * amount))
        {
            Code(canvas, pose, surface, random);
        }
    }

    private static int Count(SeededRandom random, float mean) => (int)(random.Unit() * 2f * mean + 0.5f);

    private static void Dust(Canvas canvas, SeededRandom random, float scale)
    {
        float x = random.Range(0f, canvas.Width), y = random.Range(0f, canvas.Height);
        var radius = random.Range(0.5f, 1.5f) * scale;
        var colour = Rgb.Grey(random.Chance(0.6f) ? 0.55f : 0.04f);
        var strength = random.Range(0.2f, 0.7f);
        Patch patch = new(canvas, x, y, radius + 3f);
        patch.Capsule(x, y, radius, x + random.Symmetric(2.5f * scale), y + random.Symmetric(2.5f * scale), radius * 0.7f, strength);
        patch.Paint((index, cover) => canvas.Blend(index, colour, cover));
    }

    private static void Smudge(Canvas canvas, SeededRandom random, float scale)
    {
        float x = random.Range(0f, canvas.Width), y = random.Range(0f, canvas.Height);
        var radius = random.Range(22f, 70f) * scale;
        var strength = random.Symmetric(0.11f);
        var stretch = random.Range(0.5f, 1f);
        Patch patch = new(canvas, x, y, radius);
        patch.Fill((px, py) => Curves.Bell(((px - x) * (px - x) + (py - y) * (py - y) / (stretch * stretch)) / (radius * radius)));
        patch.Paint((index, cover) =>
        {
            canvas.Tint(index, Rgb.Grey(1f + strength * cover));
            canvas.Gloss[index] *= 1f - 0.5f * cover * Math.Abs(strength) * 4f;
        });
    }

    // Handling: short faint bundles of hairlines that any used surface carries.
    private static void Rub(Canvas canvas, SeededRandom random, float scale)
    {
        float x = random.Range(0f, canvas.Width), y = random.Range(0f, canvas.Height);
        var turns = random.Unit();
        float cos = Curves.Cos(turns), sin = Curves.Sin(turns);
        for (var lines = random.Between(2, 6); lines > 0; lines--)
        {
            var length = random.Range(15f, 60f) * scale;
            float ox = x + random.Symmetric(9f) * scale, oy = y + random.Symmetric(9f) * scale;
            Patch patch = new(
                canvas, Math.Min(ox, ox + cos * length) - 2f, Math.Min(oy, oy + sin * length) - 2f,
                Math.Max(ox, ox + cos * length) + 2f, Math.Max(oy, oy + sin * length) + 2f);
            patch.Capsule(ox, oy, 0.5f, ox + cos * length, oy + sin * length, 0.5f, random.Range(0.06f, 0.2f));
            patch.Paint((index, cover) =>
            {
                canvas.Tint(index, Rgb.Grey(1f + 1.6f * cover));
                canvas.Relief[index] -= 0.4f * cover;
            });
        }
    }

    // A bead of clear liquid: dark towards the lamp, bright away from it, by its relief and gloss alone.
    private static void Drop(Canvas canvas, SeededRandom random, float scale)
    {
        float x = random.Range(0f, canvas.Width), y = random.Range(0f, canvas.Height);
        var radius = random.Range(2f, 8f) * scale;
        var rise = random.Range(0.12f, 0.3f) * radius / scale;
        Patch patch = new(canvas, x, y, radius + 1f);
        patch.Capsule(x, y, radius, x, y, radius);
        patch.Paint((index, cover) =>
        {
            var dx = (index % canvas.Width + 0.5f - x) / radius;
            var dy = (index / canvas.Width + 0.5f - y) / radius;
            canvas.Relief[index] += cover * rise * Curves.Bell(dx * dx + dy * dy);
            canvas.Tint(index, Rgb.Grey(1f - 0.12f * cover));
            canvas.BlendGloss(index, 0.5f, cover * 0.7f);
        });
    }

    // The tick of a paint pen that says "seen".
    private static void PenMark(Canvas canvas, Surface surface, SeededRandom random, float scale)
    {
        float x = random.Range(0f, canvas.Width), y = random.Range(0f, canvas.Height);
        var ink = surface.Skin.G > 0.2f ? new Rgb(0.03f, 0.05f, 0.25f) : new Rgb(0.6f, 0.55f, 0.15f);
        var size = random.Range(14f, 40f) * scale;
        var radius = random.Range(1.4f, 2.8f) * scale;
        var strength = random.Range(0.5f, 0.9f);
        var lean = random.Symmetric(0.25f);
        Patch patch = new(canvas, x, y, size * 1.3f + 4f);
        patch.Capsule(x - size * 0.45f, y - size * (0.1f + lean), radius, x, y + size * 0.35f, radius, strength);
        patch.Capsule(x, y + size * 0.35f, radius, x + size, y - size * (0.7f - lean), radius * 0.7f, strength);
        patch.Paint((index, cover) => canvas.Blend(index, ink, cover));
    }

    // A white sticker with a bar code.
    private static void Label(Canvas canvas, in Pose pose, SeededRandom random)
    {
        float halfU = random.Range(16f, 34f), halfV = random.Range(8f, 15f);
        var (x, y) = pose.ToPixel(random.Range(20f, 490f), random.Range(20f, 490f));
        var turns = random.Symmetric(0.02f);
        var scale = 1f / pose.PixelsPerUnit;
        float cos = Curves.Cos(turns) * scale, sin = Curves.Sin(turns) * scale;
        var bars = random.Index(1000);
        var paper = Rgb.Grey(random.Range(0.4f, 0.62f));
        Patch patch = new(canvas, x, y, (halfU + halfV) * pose.PixelsPerUnit);
        patch.Fill((px, py) =>
        {
            var u = Math.Abs((px - x) * cos + (py - y) * sin);
            var v = Math.Abs((py - y) * cos - (px - x) * sin);
            return Math.Clamp(Math.Min(halfU - u, halfV - v) / scale + 0.5f, 0f, 1f);
        });
        patch.Paint((index, cover) =>
        {
            float px = index % canvas.Width + 0.5f, py = index / canvas.Width + 0.5f;
            var u = (px - x) * cos + (py - y) * sin;
            var v = (py - y) * cos - (px - x) * sin;
            var bar = Math.Abs(u) < halfU - 4f && Math.Abs(v) < halfV - 3f && Noise.Hash((int)MathF.Floor(u / 1.3f), bars) < 0.5f;
            canvas.Flatten(index, cover);
            canvas.Blend(index, bar ? Rgb.Grey(0.05f) : paper, cover);
            canvas.BlendGloss(index, 0.03f, cover);
        });
    }

    // An ink-jet date code of 5 × 7 dots per digit, printed straight with the product.
    private static void Code(Canvas canvas, in Pose pose, Surface surface, SeededRandom random)
    {
        float u = random.Range(30f, 380f), v = random.Range(30f, 470f);
        var ink = surface.Skin.G > 0.2f ? Rgb.Grey(0.05f) : Rgb.Grey(0.5f);
        var pitch = random.Range(2.2f, 3.2f);
        var radius = pitch * 0.36f * pose.PixelsPerUnit;
        var strength = random.Range(0.5f, 0.85f);
        var letters = random.Between(4, 9);
        for (var letter = 0; letter < letters; letter++)
        {
            var rows = Digits[random.Index(Digits.Length)];
            for (var dot = 0; dot < 35; dot++)
            {
                if ((rows[dot / 5] >> (4 - dot % 5) & 1) != 0)
                {
                    var (x, y) = pose.ToPixel(u + (letter * 6.4f + dot % 5) * pitch, v + dot / 5 * pitch);
                    Patch patch = new(canvas, x, y, radius + 2f);
                    patch.Capsule(x, y, radius, x, y, radius, strength);
                    patch.Paint((index, cover) => canvas.Blend(index, ink, cover));
                }
            }
        }
    }
}
