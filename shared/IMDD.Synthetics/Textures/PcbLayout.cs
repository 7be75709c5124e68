using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Textures;

/// <summary>The artwork of one board: the same for every frame of a product.</summary>
internal sealed class PcbLayout
{
    private const float Margin = 60f;
    private const float Grid = 13f;

    /// <summary>Draws the artwork; footprints keep clear of the mounted parts and of each other.</summary>
    public PcbLayout(SeededRandom random, IReadOnlyList<Part> parts)
    {
        AddBuses(random);
        AddFootprints(random, [.. parts.Select(p => (p.U, p.V))]);
        for (var i = 0; i < 26; i++)
        {
            Vias.Add((Snap(random.Range(-Margin, Pose.Span + Margin)), Snap(random.Range(-Margin, Pose.Span + Margin))));
        }
    }

    public List<PcbStroke> Traces { get; } = [];
    public List<PcbPad> Pads { get; } = [];
    public List<PcbStroke> Legend { get; } = [];
    public List<(float U, float V)> Vias { get; } = [];

    private void AddBuses(SeededRandom random)
    {
        for (var bus = 0; bus < 11; bus++)
        {
            var horizontal = random.Chance(0.5f);
            var lanes = random.Between(2, 6);
            var start = Snap(random.Range(-Margin, Pose.Span));
            var bendAt = Snap(random.Range(60f, 420f));
            var step = Snap(random.Range(26f, 90f)) * (random.Chance(0.5f) ? 1f : -1f);
            var width = random.Range(1.5f, 2.6f);
            for (var lane = 0; lane < lanes; lane++)
            {
                // Straight, a 45 degree jog, straight: lanes keep their distance through the jog.
                var b = start + lane * Grid * 0.72f;
                var jog = bendAt + (step > 0 ? -lane : lane) * Grid * 0.3f;
                Add(horizontal, -Margin, b, jog, b, width);
                Add(horizontal, jog, b, jog + Math.Abs(step), b + step, width);
                Add(horizontal, jog + Math.Abs(step), b + step, Pose.Span + Margin, b + step, width);
            }
        }
    }

    private void Add(bool horizontal, float a0, float b0, float a1, float b1, float radius)
        => Traces.Add(horizontal ? new PcbStroke(a0, b0, a1, b1, radius) : new PcbStroke(b0, a0, b1, a1, radius));

    private void AddFootprints(SeededRandom random, List<(float U, float V)> taken)
    {
        const float ApartU = 105f, ApartV = 75f;
        for (var attempt = 0; attempt < 30; attempt++)
        {
            var u = Snap(random.Range(40f, 470f));
            var v = Snap(random.Range(40f, 470f));
            if (taken.Exists(t => Math.Abs(t.U - u) < ApartU && Math.Abs(t.V - v) < ApartV))
            {
                continue;
            }

            taken.Add((u, v));
            var pins = random.Between(3, 7);
            var half = random.Range(16f, 26f);
            for (var pin = 0; pin < pins; pin++)
            {
                var along = (pin - (pins - 1) * 0.5f) * Grid;
                Pads.Add(new PcbPad(u + along, v - half, 3.8f, 6.5f));
                Pads.Add(new PcbPad(u + along, v + half, 3.8f, 6.5f));
            }

            var side = pins * Grid * 0.5f + 3f;
            var inner = half - 11f;
            Legend.Add(new PcbStroke(u - side, v - inner, u + side, v - inner, 0.8f));
            Legend.Add(new PcbStroke(u - side, v + inner, u + side, v + inner, 0.8f));
            Legend.Add(new PcbStroke(u - side, v - inner, u - side, v + inner, 0.8f));
            Legend.Add(new PcbStroke(u + side, v - inner, u + side, v + inner, 0.8f));
            AddText(random, u - side, v + half + 12f);
        }
    }

    // Strokes on a 2 × 3 raster read as a reference designator from a camera's distance.
    private void AddText(SeededRandom random, float u, float v)
    {
        for (var glyph = 0; glyph < random.Between(2, 4); glyph++)
        {
            for (var stroke = 0; stroke < 4; stroke++)
            {
                float a = random.Index(2) * 5f, b = random.Index(3) * 4.5f;
                var across = random.Chance(0.5f);
                Legend.Add(new PcbStroke(u + (across ? 0f : a), v + b, u + (across ? 5f : a), v + (across ? b : Math.Min(9f, b + 4.5f)), 0.7f));
            }

            u += 9f;
        }
    }

    private static float Snap(float value) => MathF.Floor(value / Grid) * Grid;
}
