using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Sampling;

/// <summary>
/// How often each sample is drawn. A stratum (data set, class, severity) of n samples is drawn in proportion to n to the power of 1/T: T = 1 draws
/// as the data is, a large T draws every stratum equally often.
/// </summary>
public static class SamplingWeights
{
    /// <summary>Weights that sum to 1, one per sample.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="strata">The strata of a sample; a sample of several (several classes) takes part in each.</param>
    /// <param name="temperature">At least 1; <see cref="double.PositiveInfinity"/> balances fully.</param>
    public static double[] Of(IReadOnlyList<DatasetSample> samples, Func<DatasetSample, IEnumerable<string>> strata, double temperature)
    {
        if (!(temperature >= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "Expected at least 1.");
        }

        var membership = samples.Select(s => strata(s).Distinct(StringComparer.Ordinal).ToList()).ToList();
        var sizes = membership.SelectMany(m => m).GroupBy(m => m, StringComparer.Ordinal).ToDictionary(g => g.Key, g => (double)g.Count(), StringComparer.Ordinal);
        var weights = membership.Select(m => m.Sum(s => Math.Pow(sizes[s], 1 / temperature) / sizes[s])).ToArray();
        var total = weights.Sum();
        return Array.ConvertAll(weights, w => w / total);
    }

    /// <summary>Strata by source, class and severity: none of several data sets drowns the others.</summary>
    public static IEnumerable<string> BySourceClassAndSeverity(DatasetSample sample) => ByClassAndSeverity(sample).Select(s => $"{sample.Source}\n{s}");

    /// <summary>Strata by class and severity; normal pictures are one more class.</summary>
    public static IEnumerable<string> ByClassAndSeverity(DatasetSample sample)
        => sample.Classes.Count == 0 ? ["normal"] : sample.Classes.Select(c => $"{c}\n{sample.Severity}");
}
