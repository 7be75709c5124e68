using System.Globalization;
using System.Net;
using System.Text;
using IMDD.Imaging;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Evaluation.Instances;
using IMDD.Learning.Evaluation.Models;

namespace IMDD.Learning.Evaluation.Reports;

/// <summary>One self-contained page: the figures, and the worst pictures as image, truth, prediction and error.</summary>
public sealed class HtmlReport(IMeasuredModel model, IImageDecoder decoder)
{
    private const string Style = """
        :root{color-scheme:light}
        body{font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;margin:0 auto;padding:2rem;max-width:76rem;color:#1b2430;background:#fff}
        h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2.2rem 0 .6rem}
        .note{color:#5a6675;margin:.2rem 0}code{font-size:.85em;color:#5a6675}
        .tables{columns:22rem;column-gap:2.5rem}.tables table{break-inside:avoid}
        table{border-collapse:collapse;width:100%;margin-bottom:1rem}caption{text-align:left;font-weight:600;padding:.4rem 0}
        td,th{padding:.22rem .5rem .22rem 0;border-bottom:1px solid #e3e7ec;text-align:left;font-weight:400;vertical-align:top}
        .reasons td:first-child{width:22rem;padding-right:1.5rem}
        th{color:#5a6675;font-size:.85em}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        details{margin:.6rem 0}summary{cursor:pointer;color:#5a6675}
        .case{border:1px solid #e3e7ec;border-radius:6px;padding:.7rem .9rem;margin:.8rem 0;break-inside:avoid}
        .case p{margin:0 0 .5rem;overflow-wrap:anywhere}.row{display:grid;grid-template-columns:repeat(4,1fr);gap:.8rem;align-items:end}
        figure{margin:0}img{display:block;max-width:100%;border-radius:3px}figcaption{font-size:.8em;color:#5a6675;margin-top:.2rem}
        .key span{display:inline-block;width:.75em;height:.75em;border-radius:2px;margin:0 .35em 0 0}.key b{font-weight:400;margin-right:1.3em}
        """;

    private const double MatchIou = 0.5;

    private static readonly (int R, int G, int B) Truth = (40, 170, 80);
    private static readonly (int R, int G, int B) Predicted = (240, 160, 20);
    private static readonly (int R, int G, int B) Missed = (220, 40, 40);
    private static readonly (int R, int G, int B) False = (50, 90, 230);

    private static readonly (string Caption, string[] Prefixes)[] Groups =
    [
        ("Pictures", ["image_", "class_", "false_alarm"]),
        ("Pixels", ["pixel_", "aupro_", "iou_", "dice_", "miou"]),
        ("Defects", ["ap", "mask_", "mean_best"]),
        ("Speed", ["inference"]),
    ];

    private readonly PictureLoader _loader = new(decoder, new DecodeLimits(MaxBytes: 256L << 20));

    /// <summary>The page.</summary>
    public string Render(EvaluationReport report)
    {
        StringBuilder html = new();
        html.Append("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>")
            .Append(Text($"{report.ModelName} on {report.Dataset}")).Append("</title><style>").Append(Style).Append("</style></head><body><h1>")
            .Append(Text($"{report.ModelName} on {report.Dataset}")).Append("</h1><p class=note>")
            .Append(Text($"{SideName(report.Side)}: {report.Images} pictures, {report.Anomalous} with defects. Pixel threshold {Threshold(report)}."))
            .Append("<br>Model <code>").Append(Text(report.ModelDigest)).Append("</code><br>Split <code>").Append(Text(report.SplitId)).Append("</code></p>");
        html.Append("<div class=tables>");
        foreach (var (caption, prefixes) in Groups)
        {
            Table(html, report, caption, [.. report.Metrics.Where(m => m.Value.IsDefined && Array.Exists(prefixes, p => m.Key.StartsWith(p, StringComparison.Ordinal)))]);
        }

        html.Append("</div>");
        Undefined(html, report);
        Problems(html, report);
        html.Append("<h2>Worst pictures</h2><p class=\"note key\">").Append(Swatch(Truth, "truth")).Append(Swatch(Predicted, "prediction"))
            .Append(Swatch(Missed, "missed")).Append(Swatch(False, "false alarm")).Append("</p>");
        foreach (var worst in report.Worst)
        {
            Case(html, report, worst);
        }

        return html.Append("</body></html>").ToString();
    }

    private static void Table(StringBuilder html, EvaluationReport report, string caption, List<KeyValuePair<string, MetricValue>> metrics)
    {
        if (metrics.Count == 0)
        {
            return;
        }

        var hasIntervals = metrics.Exists(m => report.Intervals.ContainsKey(m.Key));
        html.Append("<table><caption>").Append(Text(caption)).Append("</caption><tr><th>metric</th><th class=n>value</th>")
            .Append(hasIntervals ? "<th class=n>95 % interval</th></tr>" : "</tr>");
        foreach (var (key, value) in metrics)
        {
            html.Append("<tr><td>").Append(Text(key).Replace("_", "_<wbr>", StringComparison.Ordinal)).Append("</td><td class=n>").Append(Text(value.ToString())).Append("</td>");
            if (hasIntervals)
            {
                html.Append("<td class=n>");
                if (report.Intervals.TryGetValue(key, out var interval))
                {
                    html.Append(CultureInfo.InvariantCulture, $"{interval.Low:0.000} to {interval.High:0.000}");
                }

                html.Append("</td>");
            }

            html.Append("</tr>");
        }

        html.Append("</table>");
    }

    private static void Undefined(StringBuilder html, EvaluationReport report)
    {
        var undefined = report.Metrics.Where(m => !m.Value.IsDefined).GroupBy(m => m.Value.Undefined!, StringComparer.Ordinal).ToList();
        if (undefined.Count == 0)
        {
            return;
        }

        html.Append("<details open><summary>Not defined here</summary><table class=reasons>");
        foreach (var reason in undefined)
        {
            html.Append("<tr><td>").Append(Text(reason.Key)).Append("</td><td>").Append(Text(string.Join(", ", reason.Select(m => m.Key)))).Append("</td></tr>");
        }

        html.Append("</table></details>");
    }

    private static void Problems(StringBuilder html, EvaluationReport report)
    {
        if (report.UnknownLabels.Count > 0)
        {
            html.Append("<p class=note>Labels that the vocabulary does not know: ").Append(Text(string.Join(", ", report.UnknownLabels))).Append("</p>");
        }

        if (report.Problems.Count > 0)
        {
            html.Append("<h2>Not measured</h2><ul>");
            foreach (var problem in report.Problems)
            {
                html.Append("<li>").Append(Text($"{problem.File}: {problem.Reason}")).Append("</li>");
            }

            html.Append("</ul>");
        }
    }

    private void Case(StringBuilder html, EvaluationReport report, SampleResult worst)
    {
        using var image = _loader.Load(worst.Sample.ImagePath);
        var truth = PixelTruth.Read(worst.Sample, image.Width, image.Height)?.Mask;
        var boxes = truth is null ? InstanceTruth.Boxes(worst.Sample, null, image.Width, image.Height) : null;
        using var reference = model.TakesReference && worst.Sample.ReferencePath is { } path ? _loader.Load(path) : null;
        var prediction = model.Predict(image, report.PixelThreshold, reference);
        var found = prediction.Scores is { } scores && report.PixelThreshold is { } threshold ? Array.ConvertAll(scores, s => s >= threshold) : null;
        var name = worst.Sample.IsAnomalous ? string.Join(", ", worst.Sample.Classes.DefaultIfEmpty("defective")) : "normal";
        html.Append("<div class=case><p><b>").Append(Text(worst.Sample.Id)).Append("</b><br><span class=note>")
            .Append(Text($"{name}; score {Number(worst.ImageScore, "0.00")}{(worst.Counts is { Iou.IsDefined: true } c ? $"; IoU {Number(c.Iou.Value, "0.00")}" : "")}"))
            .Append("</span></p><div class=row>");
        Figure(html, image, "image", _ => { });
        Figure(html, image, truth is null && boxes is null ? "truth: of the whole picture only" : "truth", figure =>
        {
            figure.Mark(i => truth?[i] == true, Truth);
            foreach (var box in boxes ?? [])
            {
                figure.Outline(box.Box, Truth);
            }
        });
        Figure(html, image, "prediction", figure =>
        {
            figure.Mark(i => found?[i] == true, Predicted);
            foreach (var instance in prediction.Instances.Where(i => i.IsDecisive && found is null))
            {
                figure.Outline(instance.Box, Predicted);
            }
        });
        var boxesDecide = boxes is not null || (truth is not null && found is null);
        Figure(html, image, boxesDecide ? "error: boxes without a partner (IoU 0.5)" : truth is null ? "error: not known within the picture" : "error", figure =>
        {
            figure.Mark(i => found?[i] == true && truth?[i] == false, False);
            figure.Mark(i => found?[i] == false && truth?[i] == true, Missed);
            if (boxesDecide)
            {
                var known = boxes ?? InstanceTruth.Boxes(worst.Sample, PixelTruth.Read(worst.Sample, image.Width, image.Height), image.Width, image.Height) ?? [];
                OutlineErrors(figure, [.. known.Select(k => k.Box)], [.. prediction.Instances.Where(i => i.IsDecisive).Select(i => i.Box)]);
            }
        });
        html.Append("</div></div>");
    }

    private static void OutlineErrors(CaseFigure figure, List<Box> truths, List<Box> found)
    {
        foreach (var box in found.Where(f => truths.TrueForAll(t => t.Iou(f) < MatchIou)))
        {
            figure.Outline(box, False);
        }

        foreach (var box in truths.Where(t => found.TrueForAll(f => t.Iou(f) < MatchIou)))
        {
            figure.Outline(box, Missed);
        }
    }

    private static void Figure(StringBuilder html, RgbImage image, string caption, Action<CaseFigure> draw)
    {
        using CaseFigure figure = new(image);
        draw(figure);
        html.Append("<figure><img alt=\"").Append(Text(caption)).Append("\" width=").Append(figure.Width).Append(" height=").Append(figure.Height)
            .Append(" style=\"height:auto\" src=\"").Append(figure.DataUri()).Append("\"><figcaption>").Append(Text(caption)).Append("</figcaption></figure>");
    }

    private static string SideName(string side) => side switch
    {
        "train" => "Training side",
        "val" => "Validation side",
        "test" => "Test side",
        _ => "All pictures",
    };

    private static string Threshold(EvaluationReport report) => report.PixelThreshold is { } threshold ? Number(threshold, "0.###") : "none";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Swatch((int R, int G, int B) colour, string name) => $"<span style=\"background:rgb({colour.R},{colour.G},{colour.B})\"></span><b>{name}</b>";

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
