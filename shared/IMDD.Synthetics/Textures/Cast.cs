using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Textures;

/// <summary>Sand casting: relief at four scales, dark grains of moulding sand.</summary>
internal sealed class Cast(SeededRandom product) : Surface
{
    private readonly Rgb _base = new Rgb(0.150f, 0.146f, 0.142f + product.Symmetric(0.015f)) * product.Range(0.7f, 1.25f);
    private readonly float _rough = product.Range(0.7f, 1.15f);

    public override Rgb Skin => _base;
    public override Rgb Fresh => new Rgb(0.40f, 0.40f, 0.41f);
    public override float FreshGloss => 0.35f;
    public override float SkinGloss => 0.22f;
    public override int SpecularDoublings => 5;
    public override bool IsMetal => true;

    public override void Paint(Canvas canvas, in Pose pose, SeededRandom random)
    {
        var offsetU = random.Range(0f, 4000f);
        var offsetV = random.Range(0f, 4000f);
        var rough = _rough * random.Range(0.7f, 1.35f);
        var tone = 1f + random.Symmetric(0.06f);
        for (var y = 0; y < canvas.Height; y++)
        {
            var (u0, v0) = pose.ToSurface(0.5f, y + 0.5f);
            for (var x = 0; x < canvas.Width; x++)
            {
                var u = u0 + x * pose.CosStep + offsetU;
                var v = v0 + x * pose.SinStep + offsetV;
                var swell = Noise.At(u * 0.016f, v * 0.016f);
                var bump = Noise.At(u * 0.07f + 13f, v * 0.07f + 5f);
                var grit = Noise.At(u * 0.21f + 41f, v * 0.21f + 7f);
                var sand = Noise.At(u * 0.52f + 91f, v * 0.52f + 3f);
                var patch = Noise.At(u * 0.03f + 57f, v * 0.03f + 23f);
                var index = y * canvas.Width + x;
                var pocket = Math.Max(0f, -0.35f - grit);
                var level = tone * (1f + 0.14f * patch + 0.10f * bump + 0.12f * sand - 0.9f * pocket);
                canvas.R[index] = _base.R * level * (1f + 0.02f * patch);
                canvas.G[index] = _base.G * level;
                canvas.B[index] = _base.B * level * (1f - 0.03f * patch);
                canvas.Relief[index] = rough * (1.2f * swell + 1.0f * bump + 0.75f * Math.Abs(grit) + 0.42f * sand - 0.8f * pocket);
                canvas.Gloss[index] = 0.22f + 0.14f * sand;
            }
        }
    }

    public override Patch PaintPart(Canvas canvas, in Pose pose, Part part, bool missing)
        => Mounting.Screw(canvas, pose, part, missing, new Rgb(0.30f, 0.29f, 0.27f), Deep);
}
