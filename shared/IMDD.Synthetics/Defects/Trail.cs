using IMDD.Synthetics.Rendering;

namespace IMDD.Synthetics.Defects;

/// <summary>A wandering line in pixels.</summary>
internal sealed class Trail
{
    // Just above the mask's threshold: what is drawn at all is in the mask.
    private const float Faintest = 0.45f;

    private readonly List<(float X, float Y)> _points = [];

    private Trail()
    {
    }

    /// <summary>The points in order.</summary>
    public IReadOnlyList<(float X, float Y)> Points => _points;

    /// <summary>Heading at the end, turns.</summary>
    public float Heading { get; private set; }

    /// <summary>Walks from a point.</summary>
    /// <param name="random">Numbers.</param>
    /// <param name="x">Start.</param>
    /// <param name="y">Start.</param>
    /// <param name="turns">First heading.</param>
    /// <param name="length">How far, pixels.</param>
    /// <param name="step">Length of a segment, pixels.</param>
    /// <param name="jitter">Largest change of heading per segment that is forgotten at the next, turns.</param>
    /// <param name="curl">Largest change of curvature per segment, turns.</param>
    public static Trail Wander(SeededRandom random, float x, float y, float turns, float length, float step, float jitter, float curl)
    {
        Trail trail = new();
        trail._points.Add((x, y));
        var bend = random.Symmetric(curl);
        for (var walked = 0f; walked < length; walked += step)
        {
            bend = bend * 0.85f + random.Symmetric(curl);
            turns += bend;
            var heading = turns + random.Symmetric(jitter);
            x += Curves.Cos(heading) * step;
            y += Curves.Sin(heading) * step;
            trail._points.Add((x, y));
        }

        trail.Heading = turns;
        return trail;
    }

    /// <summary>An empty patch that holds all the trails with a margin.</summary>
    public static Patch Around(Canvas canvas, IEnumerable<Trail> trails, float margin)
    {
        float left = float.MaxValue, top = float.MaxValue, right = float.MinValue, bottom = float.MinValue;
        foreach (var (x, y) in trails.SelectMany(t => t._points))
        {
            (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
        }

        return new Patch(canvas, left - margin, top - margin, right + margin, bottom + margin);
    }

    /// <summary>Draws the line; the radius is a function of the place along it (0 to 1).</summary>
    public void Draw(Patch patch, Func<float, float> radius, float strength = 1f)
    {
        var last = _points.Count - 1;
        for (var i = 0; i < last; i++)
        {
            var (x0, y0) = _points[i];
            var (x1, y1) = _points[i + 1];
            var radius0 = radius(i / (float)last);
            var radius1 = radius((i + 1) / (float)last);

            // Below half a pixel a line gets fainter, not thinner.
            var thin = Math.Min(1f, (radius0 + radius1) * 0.5f / 0.5f);
            if (thin >= Faintest)
            {
                patch.Capsule(x0, y0, Math.Max(radius0, 0.5f), x1, y1, Math.Max(radius1, 0.5f), strength * thin);
            }
        }
    }
}
