using System.Globalization;
using IMDD.Contracts.Events;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Training.Models;

namespace IMDD.Learning.Training.Words;

/// <summary>
/// Compares what the bundle's graph and its network say of the probe pictures with the new row. The probes themselves still hold: in defects, score and
/// embedding it has no part, and cells that it names are not held to the names they had.
/// </summary>
internal static class WordParity
{
    // Which of two nearly equal rows wins is a matter of the last bit.
    private const double MaxDifferingCells = 0.002;
    private const double MaxScoreDifference = 0.01;

    /// <summary>Runs both; throws nothing where they differ.</summary>
    /// <param name="bundle">With the row.</param>
    /// <param name="segmenter">Of it; made, so that the probes have been met.</param>
    public static GateResult Check(ModelBundle bundle, ISegmenter segmenter)
    {
        using var model = EdgeModel.LoadFrom(bundle);
        using TorchSegmenter torch = new(model);
        OpenCvImageDecoder decoder = new();
        long cells = 0, differing = 0;
        var largest = 0.0;
        foreach (var probe in bundle.Manifest.Probes is null ? [] : ImddJson.Deserialize<BundleProbeIndex>(bundle.ReadFile(BundleProbeIndex.Path)).Probes)
        {
            using var image = decoder.Decode(bundle.ReadFile(probe.Image), new DecodeLimits());
            using var reference = probe.Reference is { } path ? decoder.Decode(bundle.ReadFile(path), new DecodeLimits()) : null;
            RgbImage[]? references = reference is null ? null : [reference];
            var (graph, network) = (segmenter.Run([image], references).Images[0], torch.Run([image], references).Images[0]);
            for (var y = 0; y < graph.Height; y++)
            {
                for (var x = 0; x < graph.Width; x++)
                {
                    var (a, b) = (y * graph.RowStride + x, y * network.RowStride + x);
                    cells++;
                    differing += graph.Class.Span[a] != network.Class.Span[b] ? 1 : 0;
                    largest = Math.Max(largest, Math.Abs(graph.ClassScore.Span[a] - network.ClassScore.Span[b]));
                }
            }
        }

        var share = cells == 0 ? 0 : (double)differing / cells;
        return new GateResult(
            "parity", share <= MaxDifferingCells && largest <= MaxScoreDifference, share, MaxDifferingCells,
            string.Create(CultureInfo.InvariantCulture, $"cells of {cells} that graph and network name otherwise; their scores differ by at most {largest:G2} (limit {MaxScoreDifference})"));
    }
}
