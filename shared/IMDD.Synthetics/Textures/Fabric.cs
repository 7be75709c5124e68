using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Textures;

/// <summary>Woven cloth: threads over and under each other, each with its own tone and twist.</summary>
internal sealed class Fabric : Surface
{
    private static readonly Rgb[] Dyes =
    [
        new(0.035f, 0.065f, 0.16f), new(0.30f, 0.25f, 0.17f), new(0.09f, 0.09f, 0.10f), new(0.26f, 0.045f, 0.035f), new(0.07f, 0.11f, 0.05f),
    ];

    private readonly Rgb _warp;
    private readonly Rgb _weft;
    private readonly float _pitch;
    private readonly bool _twill;

    public Fabric(SeededRandom product)
    {
        _warp = Dyes[product.Index(Dyes.Length)] * product.Range(0.9f, 1.15f);
        _weft = Rgb.Mix(_warp, Rgb.Grey(0.42f), product.Range(0.1f, 0.45f));
        _pitch = product.Range(7.5f, 11.5f);
        _twill = product.Chance(0.6f);
    }

    public override Rgb Skin => Rgb.Mix(_warp, _weft, 0.5f);
    public override Rgb Fresh => Rgb.Mix(_weft, Rgb.Grey(0.5f), 0.4f);
    public override Rgb Deep => Rgb.Grey(0.02f);
    public override float FreshGloss => 0.03f;
    public override float SkinGloss => 0.04f;
    public override float Pliancy => 2.6f;
    public override int SpecularDoublings => 4;

    public override void Paint(Canvas canvas, in Pose pose, SeededRandom random)
    {
        var offsetU = random.Range(0f, 2000f);
        var offsetV = random.Range(0f, 2000f);
        var nap = random.Range(0.5f, 1.8f);
        var lustre = random.Range(0.8f, 1.2f);
        var tone = 1f + random.Symmetric(0.05f);
        var inverse = 1f / _pitch;
        var pull = random.Range(1.2f, 3f);
        for (var y = 0; y < canvas.Height; y++)
        {
            var (u0, v0) = pose.ToSurface(0.5f, y + 0.5f);
            for (var x = 0; x < canvas.Width; x++)
            {
                var u = u0 + x * pose.CosStep + offsetU;
                var v = v0 + x * pose.SinStep + offsetV;
                var drift = Noise.At(u * 0.017f, v * 0.017f + 50f);
                var p = (u + pull * drift) * inverse;
                var q = (v - pull * drift + 0.8f * Noise.At(u * 0.05f + 9f, v * 0.01f)) * inverse;
                var column = MathF.Floor(p);
                var row = MathF.Floor(q);
                int i = (int)column, j = (int)row;
                var a = 2f * (p - column) - 1f;
                var b = 2f * (q - row) - 1f;
                var warpOver = _twill ? ((i - j) & 3) < 2 : ((i + j) & 1) == 0;
                var (across, along, thread) = warpOver ? (a, b, Noise.Hash(i, 7)) : (b, a, Noise.Hash(j, 13));
                var crown = 1f - across * across;
                var twist = Curves.Sin(along * 1.1f + across * 0.55f + thread) * 0.10f;
                var dye = warpOver ? _warp : _weft;
                var fuzz = Noise.At(u * 0.8f + 3f, v * 0.8f);
                var level = tone * (1f - 0.58f * lustre * (1f - crown)) * (0.86f + 0.28f * thread) * (1f + twist + 0.09f * nap * fuzz) * (1f + 0.05f * drift);
                var index = y * canvas.Width + x;
                canvas.R[index] = dye.R * level;
                canvas.G[index] = dye.G * level;
                canvas.B[index] = dye.B * level;
                canvas.Relief[index] = 1.5f * crown * (1f - 0.35f * along * along) + 0.15f * fuzz + 1.5f * drift;
                canvas.Gloss[index] = 0.02f;
            }
        }
    }

    public override Patch PaintPart(Canvas canvas, in Pose pose, Part part, bool missing)
        => missing
            ? Mounting.Dome(canvas, pose, part with { Radius = part.Radius * 0.55f }, missing: true, Deep, Deep, 0.02f, 0f)
            : Mounting.Dome(canvas, pose, part, missing: false, new Rgb(0.42f, 0.33f, 0.17f), Deep, 0.5f, 0.35f);
}
