using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Textures;

/// <summary>Brushed sheet: noise stretched along the brushing, at several widths.</summary>
internal sealed class BrushedMetal(SeededRandom product) : Surface
{
    private readonly Rgb _base = new Rgb(0.26f, 0.264f, 0.27f + product.Symmetric(0.02f)) * product.Range(0.75f, 1.1f);
    private readonly float _coarse = product.Range(0.10f, 0.18f);
    private readonly float _fine = product.Range(0.8f, 1.2f);

    public override Rgb Skin => _base;
    public override Rgb Fresh => _base * 1.9f;
    public override float FreshGloss => 0.55f;
    public override float SkinGloss => 0.42f;
    public override int SpecularDoublings => 5;
    public override bool IsMetal => true;

    public override void Paint(Canvas canvas, in Pose pose, SeededRandom random)
    {
        var offsetU = random.Range(0f, 4000f);
        var offsetV = random.Range(0f, 4000f);
        var grade = random.Range(0.55f, 1.6f);
        var tone = 1f + random.Symmetric(0.05f);
        for (var y = 0; y < canvas.Height; y++)
        {
            var (u0, v0) = pose.ToSurface(0.5f, y + 0.5f);
            for (var x = 0; x < canvas.Width; x++)
            {
                var u = u0 + x * pose.CosStep + offsetU;
                var v = v0 + x * pose.SinStep + offsetV;
                var broad = Noise.At(u * 0.0021f, v * _coarse);
                var streak = Noise.At(u * 0.008f + 31f, v * _fine);
                var grain = Noise.At(u * 0.035f + 77f, v * 1.7f + 11f);
                var cloud = Noise.At(u * 0.012f + 3f, v * 0.012f + 9f);
                var index = y * canvas.Width + x;
                var level = tone * (1f + grade * (0.07f * broad + 0.13f * streak + 0.10f * grain) + 0.03f * cloud);
                canvas.R[index] = _base.R * level;
                canvas.G[index] = _base.G * level;
                canvas.B[index] = _base.B * level;
                canvas.Relief[index] = grade * (0.05f * streak + 0.035f * grain) + 0.25f * cloud;
                canvas.Gloss[index] = 0.42f * (1f + 0.25f * streak + 0.2f * grain);
            }
        }
    }

    public override Patch PaintPart(Canvas canvas, in Pose pose, Part part, bool missing)
        => Mounting.Screw(canvas, pose, part, missing, _base * 0.8f, Deep);
}
