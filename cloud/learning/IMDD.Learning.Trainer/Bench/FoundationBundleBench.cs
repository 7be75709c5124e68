using System.Diagnostics;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Networks;
using IMDD.Learning.Onnx.Parity;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Weights.Configurations;
using static TorchSharp.torch;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>Exports a model with drawn weights as a bundle, which compares the graph with the network, and loads it as the agent does.</summary>
internal static class FoundationBundleBench
{
    private const int Seed = 1;
    private const double Spread = 0.02;
    private const string Names = "class";

    /// <summary>Measures.</summary>
    /// <param name="configuration">The model.</param>
    /// <param name="folder">Where the bundle goes; must be empty.</param>
    /// <param name="half">In 16 bits.</param>
    /// <param name="side">Side of the frame that is run, pixels.</param>
    /// <param name="threads">Of both runtimes.</param>
    public static FoundationBundleResult Run(FoundationConfiguration configuration, string folder, bool half, int side, int threads)
    {
        set_num_threads(threads);
        PeakMemory peak = new();
        var start = Stopwatch.GetTimestamp();
        var parity = Write(configuration, folder, half);
        var export = Stopwatch.GetElapsedTime(start);
        var exportPeak = peak.Bytes;

        start = Stopwatch.GetTimestamp();
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(folder), new SegmenterOptions { Threads = threads, MaxBatch = 1 });
        var load = Stopwatch.GetElapsedTime(start);
        using RgbImage image = new(side, side);
        new Random(Seed).NextBytes(image.Pixels);
        segmenter.Run([image]);
        start = Stopwatch.GetTimestamp();
        segmenter.Run([image]);
        return new FoundationBundleResult
        {
            Configuration = configuration.Name,
            Half = half,
            BundleBytes = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length),
            LargestError = Largest(parity, isNumber: true),
            LargestDifferingShare = Largest(parity, isNumber: false),
            ExportSeconds = export.TotalSeconds,
            ExportPeakBytes = exportPeak,
            LoadSeconds = load.TotalSeconds,
            FrameSide = side,
            FrameMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds,
        };
    }

    private static ParityReport Write(FoundationConfiguration configuration, string folder, bool half)
    {
        using var scope = NewDisposeScope();
        manual_seed(Seed);
        using FoundationNetwork network = new(configuration);
        FillZeros(network);
        using Generator generator = new(Seed);
        TrainedClass[] classes = [new("scratch", "scratch", [], "major"), new("dent", "dent", [], "minor")];
        var texts = randn([classes.Length, configuration.Vocabulary.TextWidth], generator: generator);
        return FoundationBundle.Write(network, classes, texts, folder, half, DateTimeOffset.UnixEpoch).Parity;
    }

    /// <summary>What starts at zero would hide what lies behind it.</summary>
    private static void FillZeros(FoundationNetwork network)
    {
        using var untracked = no_grad();
        foreach (var parameter in network.parameters().Where(parameter => parameter.abs().max().item<float>() == 0))
        {
            nn.init.normal_(parameter, 0, Spread);
        }
    }

    private static double Largest(ParityReport report, bool isNumber)
        => report.Results.Where(result => result.Output == Names != isNumber).Max(result => result.LargestError);
}
