namespace IMDD.Learning.Onnx.Quantization;

/// <summary>How often an activation's values were seen, between the smallest and the largest of them.</summary>
internal sealed class ActivationHistogram(float low, float high)
{
    private const int Bins = 2048;
    private const int Levels = 128;
    private readonly long[] _counts = new long[Bins];
    private readonly double _width = Math.Max((double)high - low, float.Epsilon) / Bins;

    public void Add(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            _counts[Math.Clamp((int)((value - (double)low) / _width), 0, Bins - 1)]++;
        }
    }

    /// <summary>The range that holds a share of the values, half of the rest cut off at each end.</summary>
    public ActivationRange Percentile(double percent)
    {
        var cut = _counts.Sum() * (100 - percent) / 200;
        return new ActivationRange(
            Math.Min((float)(low + (First(cut, _counts) * _width)), 0), Math.Max((float)(high - (First(cut, _counts.Reverse()) * _width)), 0));
    }

    /// <summary>The range up to the magnitude whose quantized distribution diverges least from what was seen.</summary>
    public ActivationRange Entropy()
    {
        var magnitudes = Magnitudes(out var width);
        var (best, least) = (Bins, double.PositiveInfinity);
        for (var kept = Levels; kept <= Bins; kept += Levels / 8)
        {
            var divergence = Divergence(magnitudes, kept);
            (best, least) = divergence < least ? (kept, divergence) : (best, least);
        }

        var threshold = (float)(best * width);
        return new ActivationRange(Math.Clamp(low, -threshold, 0), Math.Clamp(high, 0, threshold));
    }

    private static int First(double cut, IEnumerable<long> counts)
    {
        long passed = 0;
        var bins = 0;
        foreach (var count in counts)
        {
            passed += count;
            if (passed > cut)
            {
                break;
            }

            bins++;
        }

        return bins;
    }

    private long[] Magnitudes(out double width)
    {
        width = Math.Max(Math.Max(Math.Abs((double)low), Math.Abs((double)high)), float.Epsilon) / Bins;
        var magnitudes = new long[Bins];
        for (var bin = 0; bin < Bins; bin++)
        {
            var centre = low + ((bin + 0.5) * _width);
            magnitudes[Math.Min((int)(Math.Abs(centre) / width), Bins - 1)] += _counts[bin];
        }

        // Zeros are exact whatever the threshold: counting them would hide what happens to the rest.
        magnitudes[0] = 0;
        return magnitudes;
    }

    /// <summary>Of the values with the rest added to the last bin, from themselves merged into few levels and spread out again.</summary>
    private static double Divergence(long[] magnitudes, int kept)
    {
        var reference = new double[kept];
        for (var bin = 0; bin < kept; bin++)
        {
            reference[bin] = magnitudes[bin];
        }

        reference[kept - 1] += magnitudes.AsSpan(kept).ToArray().Sum();
        var quantized = new double[kept];
        for (var level = 0; level < Levels; level++)
        {
            var (start, end) = (level * kept / Levels, (level + 1) * kept / Levels);
            double sum = 0;
            var occupied = 0;
            for (var bin = start; bin < end; bin++)
            {
                sum += magnitudes[bin];
                occupied += magnitudes[bin] > 0 ? 1 : 0;
            }

            for (var bin = start; bin < end; bin++)
            {
                quantized[bin] = magnitudes[bin] > 0 ? sum / occupied : 0;
            }
        }

        var (total, quantizedTotal) = (reference.Sum(), quantized.Sum());
        if (total == 0 || quantizedTotal == 0)
        {
            return double.PositiveInfinity;
        }

        double divergence = 0;
        for (var bin = 0; bin < kept; bin++)
        {
            var p = reference[bin] / total;
            if (p > 0)
            {
                // What is cut off falls where the quantized distribution may have nothing: a small share stands for it.
                const double Least = 1e-9;
                divergence += p * Math.Log(p / Math.Max(quantized[bin] / quantizedTotal, Least));
            }
        }

        return divergence;
    }
}
