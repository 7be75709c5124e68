using IMDD.Cli.Output;
using IMDD.Learning.Evaluation.Reports;

namespace IMDD.Cli.Evaluation;

/// <summary>A report on the console, as a table or as one JSON object.</summary>
internal static class EvalOutput
{
    public static void Write(TextWriter output, EvaluationReport report, int unused, bool json)
    {
        if (json)
        {
            JsonOutput.Write(output, Json(report, unused));
            return;
        }

        output.WriteLine($"{report.ModelName} on {report.Dataset}, {report.Side}: {report.Images} pictures, {report.Anomalous} with defects");
        foreach (var (key, value) in report.Metrics.Where(m => m.Value.IsDefined))
        {
            var interval = report.Intervals.TryGetValue(key, out var i) ? $"   [{i.Low:0.000}, {i.High:0.000}]" : "";
            output.WriteLine($"  {key,-34} {value}{interval}");
        }

        foreach (var reason in report.Metrics.Where(m => !m.Value.IsDefined).GroupBy(m => m.Value.Undefined!, StringComparer.Ordinal))
        {
            output.WriteLine($"  undefined, since {reason.Key}: {string.Join(", ", reason.Select(m => m.Key))}");
        }
    }

    private static Dictionary<string, object?> Json(EvaluationReport report, int unused)
    {
        Dictionary<string, object?> result = new(StringComparer.Ordinal)
        {
            ["model"] = report.ModelName,
            ["model_digest"] = report.ModelDigest,
            ["dataset"] = report.Dataset,
            ["split"] = report.Side,
            ["split_id"] = report.SplitId,
            ["images"] = report.Images,
            ["anomalous"] = report.Anomalous,
            ["pixel_threshold"] = report.PixelThreshold,
            ["image_threshold"] = report.ImageThreshold,
            ["seed"] = report.Seed,
        };
        foreach (var (key, value) in report.Metrics)
        {
            result[key] = value.IsDefined ? value.Value : null;
        }

        // JSON has no NaN: an undefined metric is null, with its reason here.
        result["undefined"] = report.Metrics.Where(m => !m.Value.IsDefined).ToDictionary(m => m.Key, m => m.Value.Undefined, StringComparer.Ordinal);
        result["intervals_95"] = report.Intervals.ToDictionary(i => i.Key, i => new[] { i.Value.Low, i.Value.High }, StringComparer.Ordinal);
        result["files_not_used"] = unused;
        result["files_not_measured"] = report.Problems.Count;
        result["unknown_labels"] = report.UnknownLabels;
        return result;
    }
}
