using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Dashboard.Components.Charts;

/// <summary>One class of a Pareto chart with its regions by severity and the share of all classes up to it.</summary>
public sealed record ClassBar(string Class, long Minor, long Major, long Critical, long Unknown, double Cumulative)
{
    /// <summary>Regions of the class.</summary>
    public long Total => Minor + Major + Critical + Unknown;

    /// <summary>
    /// The aggregator's bars, which are by class and severity, put together by class, most frequent first; classes beyond
    /// <paramref name="limit"/> become one, <c>other</c>, which stands last whatever its size.
    /// </summary>
    public static IReadOnlyList<ClassBar> From(IEnumerable<ParetoBar> bars, int limit)
    {
        var classes = bars
            .GroupBy(bar => bar.Class, StringComparer.Ordinal)
            .Select(group => new ClassBar(
                group.Key, Of(group, Severity.Minor), Of(group, Severity.Major), Of(group, Severity.Critical), Of(group, Severity.Unknown), 0))
            .Where(bar => bar.Total > 0)
            .OrderByDescending(bar => bar.Total)
            .ThenBy(bar => bar.Class, StringComparer.Ordinal)
            .ToList();
        if (classes.Count > limit)
        {
            var rest = classes.Skip(limit - 1).ToList();
            classes.RemoveRange(limit - 1, rest.Count);
            classes.Add(new ClassBar("other", rest.Sum(b => b.Minor), rest.Sum(b => b.Major), rest.Sum(b => b.Critical), rest.Sum(b => b.Unknown), 0));
        }

        var total = classes.Sum(bar => bar.Total);
        long sum = 0;
        for (var i = 0; i < classes.Count; i++)
        {
            sum += classes[i].Total;
            classes[i] = classes[i] with { Cumulative = (double)sum / total };
        }

        return classes;
    }

    private static long Of(IEnumerable<ParetoBar> bars, Severity severity) => bars.Where(bar => bar.Severity == severity).Sum(bar => bar.Regions);
}
