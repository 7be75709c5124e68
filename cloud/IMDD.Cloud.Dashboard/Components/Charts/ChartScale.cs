namespace IMDD.Cloud.Dashboard.Components.Charts;

/// <summary>Axis steps that people read without thinking: 1, 2 or 5 times a power of ten.</summary>
public static class ChartScale
{
    /// <summary>The smallest such step that covers <paramref name="maximum"/> in at most <paramref name="steps"/> steps.</summary>
    public static double Step(double maximum, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        if (!double.IsFinite(maximum) || maximum <= 0)
        {
            return 1;
        }

        var raw = maximum / steps;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        foreach (var factor in (ReadOnlySpan<double>)[1, 2, 5, 10])
        {
            if (factor * power >= raw * (1 - 1e-9))
            {
                return factor * power;
            }
        }

        return 10 * power;
    }
}
