using System.Globalization;
using System.Text;

namespace IMDD.Cli.Quality;

/// <summary>The table, in Markdown.</summary>
internal static class QualityMarkdown
{
    private const string None = "–";

    /// <summary>Mean and standard deviation over the seeds beside the goals, rows without results too; below it the learning curves of rows that miss one.</summary>
    public static string Render(QualityTable table, QualityResults results)
    {
        StringBuilder text = new("| data | measure | mean ± deviation | at least | aim | | seeds | CPU-minutes | commit |\n|---|---|---|---|---|---|---|---|---|\n");
        foreach (var row in table.Rows)
        {
            var made = results.OfRow(row.Id);
            var minutes = made.Count > 0 ? made.Average(r => r.CpuMinutes).ToString("0.0", CultureInfo.InvariantCulture) : None;
            var commits = made.Count > 0 ? string.Join(", ", made.SelectMany(r => r.Commits()).Distinct(StringComparer.Ordinal)) : None;
            var isFirst = true;
            foreach (var summary in row.Figures.Select(f => FigureSummary.Of(row, f, made)))
            {
                text.Append("| ").Append(isFirst ? row.Title : "").Append(" | ").Append(summary.Label)
                    .Append(" | ").Append(Number(summary.Mean)).Append(summary.Deviation is { } deviation ? $" ± {Number(deviation)}" : "")
                    .Append(" | ").Append(Number(summary.AtLeast)).Append(" | ").Append(Number(summary.Aim)).Append(" | ").Append(Verdict(summary))
                    .Append(" | ").Append(summary.Seeds.Count > 0 ? string.Join(", ", summary.Seeds) : None)
                    .Append(" | ").Append(isFirst ? minutes : "").Append(" | ").Append(isFirst ? commits : "").Append(" |\n");
                isFirst = false;
            }
        }

        return text.Append(QualityCurves.Render(table, results)).ToString();
    }

    private static string Verdict(FigureSummary summary) => summary.Verdict switch
    {
        "aim" => "aim met",
        "missed" => "**missed**",
        null => summary.Mean is null ? "not made" : "",
        var other => other,
    };

    private static string Number(double? value) => value is { } number ? number.ToString("0.000", CultureInfo.InvariantCulture) : None;
}
