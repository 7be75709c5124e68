using System.Globalization;
using IMDD.Contracts.Events;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Evaluation.Models;
using IMDD.Learning.Evaluation.Pixels;

namespace IMDD.Learning.Evaluation.Gates;

/// <summary>
/// Compares a challenger with the champion on the same pictures. Per data set, and per product where it has several: AUPRO up to a false-positive
/// rate of 0.3 (pooled IoU where it is undefined), recall, false alarms. Per class that both know: recall with the right name. Classes that the
/// champion does not know are reported apart.
/// </summary>
public sealed class ChallengerGate(IMeasuredModel champion, IMeasuredModel challenger, IImageDecoder decoder, Vocabulary vocabulary, GateOptions options)
{
    private const double FalsePositiveRateLimit = 0.3;
    private const int MostProducts = 64;

    private readonly GateMeasurer _measurer = new(decoder, vocabulary);
    private readonly List<FileProblem> _problems = [];

    /// <summary>Runs both models and judges.</summary>
    /// <param name="sets">Data sets: what they are called, and their pictures.</param>
    /// <param name="progress">Told how many pictures are done, of how many.</param>
    /// <param name="cancellation">Stops it.</param>
    public GateReport Run(IReadOnlyList<(string Name, IReadOnlyList<DatasetSample> Samples)> sets, Action<int, int>? progress, CancellationToken cancellation)
    {
        List<GateResult> gates = [];
        List<PairedPicture> all = [];
        var (done, total) = (0, sets.Sum(s => s.Samples.Count));
        foreach (var (name, samples) in sets)
        {
            List<PairedPicture> pictures = [];
            foreach (var sample in samples)
            {
                cancellation.ThrowIfCancellationRequested();
                if (Measure(sample) is { } picture)
                {
                    pictures.Add(picture);
                }

                progress?.Invoke(++done, total);
            }

            gates.AddRange(OfPictures(name, pictures));
            var products = pictures.GroupBy(p => p.Sample.Category ?? "", StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
            if (products.Count is > 1 and <= MostProducts)
            {
                gates.AddRange(products.SelectMany(product => OfPictures($"{name}/{product.Key}", [.. product])));
            }

            all.AddRange(pictures);
        }

        var known = champion.Classes.Select(_measurer.Meaning).ToHashSet(StringComparer.Ordinal);
        var classes = all.SelectMany(p => p.Champion.Named.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        gates.AddRange(classes.Where(known.Contains).Select(name => Judge(
            $"class-recall@{name}", all, (pictures, after) => ClassRecall(pictures, name, after), options.Limits.Class, higherIsBetter: true)).OfType<GateResult>());
        List<NewClassRecall> fresh = [.. classes.Where(name => !known.Contains(name)).Select(name => New(all, name))];
        gates.AddRange(fresh.Where(_ => options.Limits.NewClass > 0).Select(n => new GateResult(
            $"new-class-recall@{n.Class}", n.After >= options.Limits.NewClass, n.After, options.Limits.NewClass, $"before {Percent(n.Before)}, after {Percent(n.After)}, of {n.Pictures} pictures")));
        return new GateReport(gates, fresh, all.Count, _problems);
    }

    private PairedPicture? Measure(DatasetSample sample)
    {
        try
        {
            return _measurer.Measure(sample, champion, challenger, options.PixelThreshold);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ImageRejectedException or AnnotationException or SegmenterException)
        {
            _problems.Add(new FileProblem(sample.Id, e.Message));
            return null;
        }
    }

    private IEnumerable<GateResult> OfPictures(string name, IReadOnlyList<PairedPicture> pictures)
    {
        var limits = options.Limits;
        var area = Judge($"aupro@{name}", pictures, Aupro, limits.Aupro, higherIsBetter: true) ?? Judge($"iou@{name}", pictures, Iou, limits.Aupro, higherIsBetter: true);
        return new[]
        {
            area,
            Judge($"recall@{name}", pictures, (some, after) => RejectedShare(some, anomalous: true, after), limits.Recall, higherIsBetter: true),
            Judge($"false-alarms@{name}", pictures, (some, after) => RejectedShare(some, anomalous: false, after), limits.FalseAlarms, higherIsBetter: false),
        }.OfType<GateResult>();
    }

    /// <summary>Null where the pictures leave the figure undefined. The value is the challenger's, the limit what it may be at worst.</summary>
    private GateResult? Judge(string name, IReadOnlyList<PairedPicture> pictures, Func<IReadOnlyList<PairedPicture>, bool, double?> figure, double margin, bool higherIsBetter)
    {
        if (figure(pictures, false) is not { } before || figure(pictures, true) is not { } after)
        {
            return null;
        }

        var sign = higherIsBetter ? 1 : -1;
        var interval = PairedBootstrap.Interval(pictures, some => sign * (figure(some, true) - figure(some, false)), options.Resamples, options.Seed);
        var gain = sign * (after - before);
        var passed = options.Limits.Strict
            ? gain >= -margin && interval is { } range && range.Low >= -margin
            : gain >= -margin || interval is not { High: < 0 };
        var (low, high) = interval is { } shown ? (sign > 0 ? shown.Low : -shown.High, sign > 0 ? shown.High : -shown.Low) : (double.NaN, double.NaN);
        return new GateResult(
            name, passed, after, before - sign * margin,
            $"champion {Percent(before)}, challenger {Percent(after)}, difference {Points(after - before)} points, 95 % interval {Points(low)} to {Points(high)}, {pictures.Count} pictures");
    }

    private static NewClassRecall New(IReadOnlyList<PairedPicture> pictures, string name)
        => new(name, pictures.Count(p => p.Champion.Named.ContainsKey(name)), ClassRecall(pictures, name, after: false) ?? 0, ClassRecall(pictures, name, after: true) ?? 0);

    private static PictureFigures Side(PairedPicture picture, bool after) => after ? picture.Challenger : picture.Champion;

    private static double? Aupro(IReadOnlyList<PairedPicture> pictures, bool after)
        => OverlapHistogram.Aupro(pictures.Select(p => Side(p, after).Overlap), FalsePositiveRateLimit);

    private static double? Iou(IReadOnlyList<PairedPicture> pictures, bool after)
    {
        ConfusionCounts counts = default;
        foreach (var picture in pictures)
        {
            counts += Side(picture, after).Counts ?? default;
        }

        return counts.Iou is { IsDefined: true } iou ? iou.Value : null;
    }

    private static double? RejectedShare(IReadOnlyList<PairedPicture> pictures, bool anomalous, bool after)
    {
        var (rejected, count) = (0, 0);
        foreach (var picture in pictures)
        {
            if (picture.Sample.IsAnomalous == anomalous)
            {
                count++;
                rejected += Side(picture, after).IsRejected ? 1 : 0;
            }
        }

        return count > 0 ? (double)rejected / count : null;
    }

    private static double? ClassRecall(IReadOnlyList<PairedPicture> pictures, string name, bool after)
    {
        var (found, count) = (0, 0);
        foreach (var picture in pictures)
        {
            if (Side(picture, after).Named.TryGetValue(name, out var named))
            {
                count++;
                found += named ? 1 : 0;
            }
        }

        return count > 0 ? (double)found / count : null;
    }

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string Points(double difference) => double.IsNaN(difference) ? "?" : (100 * difference).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);
}
