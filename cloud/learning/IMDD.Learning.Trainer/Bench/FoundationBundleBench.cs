using System.Diagnostics;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Networks;
using IMDD.Learning.Onnx.Parity;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using static TorchSharp.torch;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>Exports a model with drawn weights as a bundle, which compares the graph with the network, and loads it as the agent does.</summary>
internal static class FoundationBundleBench
{
    private const int Seed = 1;
    private const string Names = "class";

    private static readonly TrainedClass[] Classes = [new("scratch", "scratch", [], "major"), new("dent", "dent", [], "minor")];

    /// <summary>Measures.</summary>
    /// <param name="configuration">The model.</param>
    /// <param name="folder">Where the bundle goes; must be empty.</param>
    /// <param name="checkpoint">A file to make the bundle from, without a network; it is made of drawn weights first. Null: from a network.</param>
    /// <param name="half">In 16 bits.</param>
    /// <param name="side">Side of the frame that is run, pixels.</param>
    /// <param name="threads">Of both runtimes.</param>
    public static FoundationBundleResult Run(FoundationConfiguration configuration, string folder, string? checkpoint, bool half, int side, int threads)
    {
        set_num_threads(threads);
        if (checkpoint is not null)
        {
            DrawnCheckpoint.Write(checkpoint, configuration, Seed);
        }

        PeakMemory peak = new();
        var start = Stopwatch.GetTimestamp();
        long? writePeak = null;
        var parity = checkpoint is null
            ? Write(configuration, folder, half)
            : WriteFrom(configuration, checkpoint, folder, half, () => writePeak = peak.Bytes);
        var export = Stopwatch.GetElapsedTime(start);
        var exportPeak = peak.Bytes;

        start = Stopwatch.GetTimestamp();
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(folder), new SegmenterOptions { Threads = threads, MaxBatch = 1 });
        var load = Stopwatch.GetElapsedTime(start);
        using RgbImage image = new(side, side);
        new Random(Seed).NextBytes(image.Pixels);
        var defect = segmenter.Run([image]).Images[0].Defect.ToArray();
        start = Stopwatch.GetTimestamp();
        segmenter.Run([image]);
        return new FoundationBundleResult
        {
            Configuration = configuration.Name,
            Half = half,
            IsStreamed = checkpoint is not null,
            BundleBytes = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length),
            LargestError = Largest(parity, isNumber: true),
            LargestDifferingShare = Largest(parity, isNumber: false),
            ExportSeconds = export.TotalSeconds,
            WritePeakBytes = writePeak,
            ExportPeakBytes = exportPeak,
            LoadSeconds = load.TotalSeconds,
            FrameSide = side,
            DefectSpread = defect.Max() - defect.Min(),
            FrameMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds,
        };
    }

    /// <summary>Both ways use the same weights: those of a checkpoint, or of a network that is built.</summary>
    private static ParityReport Write(FoundationConfiguration configuration, string folder, bool half)
    {
        using var scope = NewDisposeScope();
        manual_seed(Seed);
        using FoundationNetwork network = new(configuration);
        DrawnWeights.FillZeros(network);
        return FoundationBundle.Write(network, Classes, Texts(configuration), folder, half, DateTimeOffset.UnixEpoch).Parity;
    }

    private static ParityReport WriteFrom(FoundationConfiguration configuration, string checkpoint, string folder, bool half, Action written)
    {
        using var scope = NewDisposeScope();
        using var files = WeightFiles.OpenFile(checkpoint);
        return FoundationBundle.WriteFrom(configuration, files, Classes, Texts(configuration), folder, half, DateTimeOffset.UnixEpoch, isCompared: false, written: written).Parity;
    }

    private static Tensor Texts(FoundationConfiguration configuration)
    {
        using Generator generator = new(Seed);
        return randn([Classes.Length, configuration.Vocabulary.TextWidth], generator: generator);
    }

    private static double Largest(ParityReport report, bool isNumber)
        => report.Results.Where(result => result.Output == Names != isNumber).Max(result => result.LargestError);
}
