using System.Globalization;
using System.Text;

namespace IMDD.Cli.Quality;

/// <summary>How the trainings went of rows that miss a goal: whether more steps would have helped is seen there.</summary>
internal static class QualityCurves
{
    private const int Columns = 5;

    private const string Legend = "How those trainings went: the score of the validation side (mean of pixel AP, image AUROC and naming, where they are defined) after a share of the steps; "
        + "kept are the weights of the step in the last column.";

    /// <summary>A table in Markdown with its legend, an empty line before it; empty where nothing is missed, or no result has a curve.</summary>
    public static string Render(QualityTable table, QualityResults results)
    {
        StringBuilder lines = new();
        foreach (var row in table.Rows)
        {
            var made = results.OfRow(row.Id);
            if (!row.Figures.Any(figure => FigureSummary.Of(row, figure, made).Verdict == "missed"))
            {
                continue;
            }

            foreach (var (result, run) in made.SelectMany(result => result.Trainings.Select(run => (result, run))).Where(pair => pair.run.Curve is { Count: > 0 }))
            {
                lines.Append(CultureInfo.InvariantCulture, $"| {row.Title} | {run.Name} | {result.Seed} |");
                for (var column = 1; column <= Columns; column++)
                {
                    lines.Append(' ').Append(At(run, (double)column / Columns) is { } score ? score.ToString("0.000", CultureInfo.InvariantCulture) : "–").Append(" |");
                }

                lines.Append(CultureInfo.InvariantCulture, $" {100.0 * run.BestStep / run.Step:0} % |\n");
            }
        }

        if (lines.Length == 0)
        {
            return "";
        }

        var shares = string.Join(" | ", Enumerable.Range(1, Columns).Select(column => $"{100 * column / Columns} %"));
        return $"\n{Legend}\n\n| row that misses a goal | training | seed | {shares} | kept |\n|---|---|---|{string.Concat(Enumerable.Repeat("---|", Columns))}---|\n{lines}";
    }

    /// <summary>The score of the last validation up to a share of the steps; null where there was none.</summary>
    private static double? At(TrainedRun run, double share) => run.Curve!.LastOrDefault(point => point.Step <= share * run.Step)?.Score;
}
