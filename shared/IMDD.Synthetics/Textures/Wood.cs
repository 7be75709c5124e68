using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Textures;

/// <summary>A planed board: growth rings cut lengthwise, fibres, pores and now and then a sound knot.</summary>
internal sealed class Wood : Surface
{
    private const int MaxKnots = 2;
    private readonly Rgb _early;
    private readonly Rgb _late;
    private readonly float _ring;

    public Wood(SeededRandom product)
    {
        var dark = product.Unit();
        _early = Rgb.Mix(new Rgb(0.50f, 0.30f, 0.14f), new Rgb(0.22f, 0.10f, 0.042f), dark);
        _late = _early * product.Range(0.48f, 0.66f);
        _ring = product.Range(17f, 34f);
    }

    public override Rgb Skin => Rgb.Mix(_early, _late, 0.35f);
    public override Rgb Fresh => Rgb.Mix(_early, new Rgb(0.75f, 0.6f, 0.4f), 0.55f);
    public override Rgb Deep => new(0.03f, 0.018f, 0.01f);
    public override float FreshGloss => 0.02f;
    public override float SkinGloss => 0.10f;
    public override int SpecularDoublings => 5;

    public override void Paint(Canvas canvas, in Pose pose, SeededRandom random)
    {
        var offsetU = random.Range(0f, 4000f);
        var offsetV = random.Range(0f, 4000f);
        var grade = random.Range(0.6f, 1.5f);
        var knots = new (float U, float V, float Radius)[random.Chance(0.25f) ? 1 + random.Index(MaxKnots) : 0];
        for (var i = 0; i < knots.Length; i++)
        {
            knots[i] = (random.Range(30f, 480f), random.Range(30f, 480f), random.Range(7f, 17f));
        }

        for (var y = 0; y < canvas.Height; y++)
        {
            var (u0, v0) = pose.ToSurface(0.5f, y + 0.5f);
            for (var x = 0; x < canvas.Width; x++)
            {
                var u = u0 + x * pose.CosStep;
                var v = v0 + x * pose.SinStep;
                var su = u + offsetU;
                var sv = v + offsetV;
                var depth = sv + 26f * Noise.At(su * 0.0034f, sv * 0.009f) + 5f * Noise.At(su * 0.013f + 7f, sv * 0.04f);
                var heart = 0f;
                foreach (var (ku, kv, radius) in knots)
                {
                    var dv = v - kv;
                    var squared = ((u - ku) * (u - ku) * 0.3f + dv * dv) / (radius * radius);
                    if (squared < 16f)
                    {
                        var bend = Curves.Bell(squared * (1f / 16f));
                        depth += (dv >= 0f ? -1f : 1f) * bend * radius * 1.1f;
                        heart = Math.Max(heart, 1f - Curves.Step(0.55f, 1.2f, squared));
                    }
                }

                var turns = depth / _ring;
                var phase = turns - MathF.Floor(turns);
                var late = Curves.Step(0.2f, 0.88f, phase) * (1f - Curves.Step(0.93f, 1f, phase));
                late *= 0.75f + 0.25f * Noise.At(turns * 0.7f + 0.5f, su * 0.004f);
                var fibre = Noise.At(su * 0.02f + 5f, sv * 0.75f);
                var fine = Noise.At(su * 0.07f + 15f, sv * 1.5f + 3f);
                var pore = Math.Max(0f, Noise.At(su * 0.055f + 71f, sv * 0.8f + 19f) - 0.52f);
                var level = (1f + grade * (0.075f * fibre + 0.05f * fine)) * (1f - 1.1f * pore * (1f - 0.5f * late));
                var colour = Rgb.Mix(Rgb.Mix(_early, _late, late), _late * 0.42f, heart) * level;
                var index = y * canvas.Width + x;
                canvas.R[index] = colour.R;
                canvas.G[index] = colour.G;
                canvas.B[index] = colour.B;
                canvas.Relief[index] = 0.10f * fibre + 0.05f * fine - 0.7f * pore + 0.12f * late;
                canvas.Gloss[index] = 0.06f;
            }
        }
    }

    public override Patch PaintPart(Canvas canvas, in Pose pose, Part part, bool missing)
        => Mounting.Dome(canvas, pose, part, missing, Rgb.Mix(_early, _late, 0.15f) * 1.1f, Deep, 0.1f, 0.04f);
}
