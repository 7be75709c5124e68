namespace IMDD.Learning.Training.Runs;

/// <summary>
/// Fits the probability sigmoid(scale × logit + offset) to labels (Platt 1999) by Newton's method, drawn a little towards the logit as it is, which
/// decides where there are few labels or they are separable.
/// </summary>
internal static class Platt
{
    private const int Iterations = 50;
    private const double Prior = 1;
    private const double MinScale = 0.05;

    /// <summary>sigmoid(scale × logit + offset).</summary>
    public static double Probability(double logit, double scale = 1, double offset = 0) => 1 / (1 + Math.Exp(-(scale * logit + offset)));

    /// <summary>Scale and offset; 1 and 0 where there are labels of one kind only.</summary>
    public static (double Scale, double Offset) Fit(IReadOnlyList<(float Logit, bool Label)> pairs)
    {
        if (!pairs.Any(p => p.Label) || pairs.All(p => p.Label))
        {
            return (1, 0);
        }

        double scale = 1, offset = 0;
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            double gs = Prior * (scale - 1), go = Prior * offset, hss = Prior, hso = 0, hoo = Prior;
            foreach (var (logit, label) in pairs)
            {
                var p = Probability(logit, scale, offset);
                var error = p - (label ? 1 : 0);
                var weight = Math.Max(p * (1 - p), 1e-9);
                gs += error * logit;
                go += error;
                hss += weight * logit * logit;
                hso += weight * logit;
                hoo += weight;
            }

            var determinant = hss * hoo - hso * hso;
            var (ds, dOffset) = ((hoo * gs - hso * go) / determinant, (hss * go - hso * gs) / determinant);

            // Half steps at most of one: far from the optimum Newton overshoots.
            var damping = Math.Min(1, 1 / Math.Max(Math.Abs(ds), Math.Abs(dOffset) / 2));
            scale = Math.Max(MinScale, scale - damping * ds);
            offset -= damping * dOffset;
            if (Math.Abs(ds) + Math.Abs(dOffset) < 1e-9)
            {
                break;
            }
        }

        return (scale, offset);
    }
}
