using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Textures;

/// <summary>Float glass over a dark or light background: nearly flat, with the reflections of tubes and a little dust.</summary>
internal sealed class Glass(SeededRandom product) : Surface
{
    private readonly Rgb _base = Rgb.Mix(new Rgb(0.045f, 0.085f, 0.09f), new Rgb(0.16f, 0.20f, 0.21f), product.Unit());
    private readonly float _bandTurns = product.Range(0.05f, 0.45f);

    public override Rgb Skin => _base;
    public override Rgb Fresh => new(0.62f, 0.66f, 0.66f);
    public override Rgb Deep => _base * 0.25f;
    public override float FreshGloss => 0.3f;
    public override float SkinGloss => 0.5f;
    public override int SpecularDoublings => 6;

    public override void Paint(Canvas canvas, in Pose pose, SeededRandom random)
    {
        var offsetU = random.Range(0f, 4000f);
        var offsetV = random.Range(0f, 4000f);
        var turns = _bandTurns + random.Symmetric(0.02f);
        float cos = Curves.Cos(turns), sin = Curves.Sin(turns);
        var place = random.Range(60f, 450f);
        var second = place + random.Range(90f, 170f);
        var bright = random.Range(0.02f, 0.16f);
        var width = 1f / random.Range(32f, 75f);
        var haze = random.Range(0.5f, 3f);
        var slope = random.Symmetric(0.25f);
        for (var y = 0; y < canvas.Height; y++)
        {
            var (u0, v0) = pose.ToSurface(0.5f, y + 0.5f);
            for (var x = 0; x < canvas.Width; x++)
            {
                var u = u0 + x * pose.CosStep;
                var v = v0 + x * pose.SinStep;
                var wave = Noise.At((u + offsetU) * 0.011f, (v + offsetV) * 0.011f);
                var film = Noise.At((u + offsetU) * 0.045f + 9f, (v + offsetV) * 0.03f);
                var d = u * cos + v * sin + 3f * wave;
                var e = (d - place) * width;
                var f = (d - second) * width * 1.5f;
                var reflection = bright * (Curves.Bell(e * e) + 0.6f * Curves.Bell(f * f));
                var level = 1f + slope * (v - 256f) * (1f / 512f) + 0.03f * wave + 0.012f * haze * film;
                var index = y * canvas.Width + x;
                canvas.R[index] = _base.R * level + reflection;
                canvas.G[index] = _base.G * level + reflection;
                canvas.B[index] = _base.B * level + reflection * 1.03f;
                canvas.Relief[index] = 0.5f * wave;
                canvas.Gloss[index] = 0.10f;
            }
        }
    }

    public override Patch PaintPart(Canvas canvas, in Pose pose, Part part, bool missing)
    {
        // A printed ceramic ring with a dot; a missing one is a ghost of its outline, as when the screen did not print.
        var patch = Mounting.Disc(canvas, pose, part, out var cx, out var cy, out var radius);
        patch.Paint((index, cover) =>
        {
            var dx = (index % canvas.Width + 0.5f - cx) / radius;
            var dy = (index / canvas.Width + 0.5f - cy) / radius;
            var r = MathF.Sqrt(dx * dx + dy * dy);
            var ring = Curves.Step(0.60f, 0.68f, r) + (1f - Curves.Step(0.24f, 0.32f, r));
            canvas.Blend(index, missing ? Skin * 0.9f : Rgb.Grey(0.03f), cover * Math.Min(1f, ring) * (missing ? 0.35f : 0.94f));
        });
        return patch;
    }
}
