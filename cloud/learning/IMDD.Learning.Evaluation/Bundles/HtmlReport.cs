using System.Globalization;
using System.Net;
using System.Text;
using IMDD.Imaging;
using IMDD.Inference;

namespace IMDD.Learning.Evaluation.Bundles;

/// <summary>One self-contained page: the figures, and the worst pictures as image, truth, prediction and error.</summary>
public sealed class HtmlReport(ISegmenter segmenter, IImageDecoder decoder)
{
    private const int ThumbnailSide = 220;
    private const int JpegQuality = 85;

    private static readonly DecodeLimits Limits = new(MaxBytes: 256L << 20);

    /// <summary>The page.</summary>
    public string Render(EvaluationReport report)
    {
        StringBuilder html = new();
        html.Append("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>").Append(Text($"{report.ModelName} on {report.Dataset}"))
            .Append("</title><style>body{font:15px/1.45 system-ui,sans-serif;margin:2rem;max-width:72rem;color:#1c2430}table{border-collapse:collapse}")
            .Append("td,th{padding:.25rem .8rem;border-bottom:1px solid #d6dbe2;text-align:left}td.n{text-align:right;font-variant-numeric:tabular-nums}")
            .Append("figure{display:inline-block;margin:.4rem}img{display:block}figcaption{font-size:12px;color:#566}h2{margin-top:2rem}</style></head><body>")
            .Append("<h1>").Append(Text($"{report.ModelName} on {report.Dataset}, {report.Side}")).Append("</h1><p>")
            .Append(Text($"{report.Images} pictures, {report.Anomalous} with defects; pixel threshold {report.PixelThreshold.ToString("0.###", CultureInfo.InvariantCulture)}."))
            .Append("<br>Model <code>").Append(Text(report.ModelDigest)).Append("</code><br>Split <code>").Append(Text(report.SplitId)).Append("</code></p><table>")
            .Append("<tr><th>metric</th><th>value</th><th>95 % interval over groups</th></tr>");
        foreach (var (key, value) in report.Metrics)
        {
            html.Append("<tr><td>").Append(Text(key)).Append("</td><td class=n>").Append(Text(value.ToString())).Append("</td><td class=n>");
            if (report.Intervals.TryGetValue(key, out var interval))
            {
                html.Append(CultureInfo.InvariantCulture, $"{interval.Low:0.000} to {interval.High:0.000}");
            }

            html.Append("</td></tr>");
        }

        html.Append("</table>");
        Problems(html, report);
        html.Append("<h2>Worst pictures</h2><p>Image, truth, prediction, error (missed red, false blue).</p>");
        foreach (var worst in report.Worst)
        {
            Case(html, report, worst);
        }

        return html.Append("</body></html>").ToString();
    }

    private static void Problems(StringBuilder html, EvaluationReport report)
    {
        if (report.UnknownLabels.Count > 0)
        {
            html.Append("<p>Labels that the vocabulary does not know: ").Append(Text(string.Join(", ", report.UnknownLabels))).Append("</p>");
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
        using var image = decoder.Decode(File.ReadAllBytes(worst.Sample.ImagePath), Limits);
        var truth = TruthMask.Read(worst.Sample, image.Width, image.Height);
        var scores = ScoreMap.Resize(segmenter.Run([image]).Images[0], image.Width, image.Height);
        var predicted = Array.ConvertAll(scores, s => s >= report.PixelThreshold);
        html.Append("<div><p><b>").Append(Text(worst.Sample.Id)).Append("</b> ")
            .Append(Text($"{(worst.Sample.IsAnomalous ? string.Join(", ", worst.Sample.Classes) : "normal")}; score {worst.ImageScore.ToString("0.00", CultureInfo.InvariantCulture)}"))
            .Append("</p>");
        Figure(html, "image", image, (_, _) => null);
        Figure(html, truth is null ? "truth not known per pixel" : "truth", image, (i, _) => truth?[i] == true ? (60, 200, 90) : null);
        Figure(html, "prediction", image, (i, _) => predicted[i] ? (240, 170, 30) : null);
        Figure(html, "error", image, (i, _) => truth is null ? null : truth[i] && !predicted[i] ? (220, 40, 40) : predicted[i] && !truth[i] ? (50, 90, 230) : null);
        html.Append("</div>");
    }

    private static void Figure(StringBuilder html, string caption, RgbImage image, Func<int, RgbImage, (int R, int G, int B)?> paint)
    {
        using RgbImage drawn = new(image.Width, image.Height);
        var pixels = drawn.Pixels;
        image.Pixels.CopyTo(pixels);
        for (var i = 0; i < image.Width * image.Height; i++)
        {
            if (paint(i, image) is { } colour)
            {
                pixels[3 * i] = (byte)((pixels[3 * i] + 2 * colour.R) / 3);
                pixels[3 * i + 1] = (byte)((pixels[3 * i + 1] + 2 * colour.G) / 3);
                pixels[3 * i + 2] = (byte)((pixels[3 * i + 2] + 2 * colour.B) / 3);
            }
        }

        var scale = Math.Min(1.0, (double)ThumbnailSide / Math.Max(image.Width, image.Height));
        using var small = ImageResizer.Resize(drawn, Math.Max(1, (int)(image.Width * scale)), Math.Max(1, (int)(image.Height * scale)));
        html.Append("<figure><img alt=\"").Append(Text(caption)).Append("\" src=\"data:image/jpeg;base64,")
            .Append(Convert.ToBase64String(ImageEncoder.EncodeJpeg(small, JpegQuality))).Append("\"><figcaption>").Append(Text(caption)).Append("</figcaption></figure>");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
