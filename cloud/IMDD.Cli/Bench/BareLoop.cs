using System.Diagnostics;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Inference.Regions;

namespace IMDD.Cli.Bench;

/// <summary>Decode, inference, regions, one frame after the other and nothing else: the work that cannot be avoided.</summary>
internal static class BareLoop
{
    private const int WarmUpFrames = 100;

    public static (double CpuMs, double WallMs) Measure(ModelBundle bundle, IReadOnlyList<byte[]> frames, int count)
    {
        using var segmenter = SegmenterFactory.Create(bundle, new SegmenterOptions { Threads = EdgeBenchOptions.Threads });
        RegionOptions options = new() { PixelThreshold = bundle.Manifest.PixelThreshold };
        OpenCvImageDecoder decoder = new();
        DecodeLimits limits = new();
        Run(WarmUpFrames);
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        Run(count);
        var wall = Stopwatch.GetElapsedTime(start);
        process.Refresh();
        return ((process.TotalProcessorTime - cpu).TotalMilliseconds / count, wall.TotalMilliseconds / count);

        void Run(int number)
        {
            for (var index = 0; index < number; index++)
            {
                using var image = decoder.Decode(frames[index % frames.Count], limits);
                var result = segmenter.Run([image]).Images[0];
                RegionExtractor.Extract(result, segmenter.Manifest, options, image.Width, image.Height);
            }
        }
    }
}
