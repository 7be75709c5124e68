using System.Globalization;
using IMDD.Cloud.Dashboard.State;
using Microsoft.AspNetCore.Components;

namespace IMDD.Cloud.Dashboard.Components.Charts;

/// <summary>Draws a Pareto chart as a list of bars.</summary>
public sealed partial class ClassBars
{
    /// <summary>Bars, most frequent first.</summary>
    [Parameter]
    [EditorRequired]
    public IReadOnlyList<ClassBar> Bars { get; set; } = [];

    private static IEnumerable<(string Css, long Count)> Parts(ClassBar bar)
    {
        (string, long)[] parts = [("critical", bar.Critical), ("major", bar.Major), ("minor", bar.Minor), ("unknown", bar.Unknown)];
        return parts.Where(part => part.Item2 > 0);
    }

    private static string SeverityText(ClassBar bar)
        => string.Join(", ", Parts(bar).Select(part => $"{Format.Count(part.Count)} {part.Css}"));

    private string Share(long count)
        => (100.0 * count / Bars.Max(bar => bar.Total)).ToString("0.##", CultureInfo.InvariantCulture) + "%";
}
