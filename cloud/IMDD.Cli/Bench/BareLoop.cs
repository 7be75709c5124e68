using System.Diagnostics;
using System.Globalization;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Inference.Regions;

namespace IMDD.Cli.Bench;

/// <summary>Decode, inference, regions, one frame after the other and nothing else: the work that cannot be avoided.</summary>
internal sealed class BareLoop : IDisposable
{
    private const int WarmUpFrames = 100;
    private const string ThreadTimes = "/proc/thread-self/schedstat";

    private readonly IReadOnlyList<byte[]> _frames;
    private readonly ISegmenter _segmenter;
    private readonly RegionOptions _regions;
    private readonly OpenCvImageDecoder _decoder = new();
    private readonly DecodeLimits _limits = new();

    public BareLoop(ModelBundle bundle, IReadOnlyList<byte[]> frames)
    {
        _frames = frames;
        _segmenter = SegmenterFactory.Create(bundle, new SegmenterOptions { Threads = EdgeBenchOptions.Threads });
        _regions = RegionOptions.Of(bundle.Manifest);
        Run(WarmUpFrames);
    }

    /// <summary>
    /// Mean times of a frame over so many. All of the work is on the calling thread, and only its processor time counts: cameras, broker and
    /// Kafka live in the same process.
    /// </summary>
    public BareTimes Measure(int count)
    {
        var cpu = ThreadCpu();
        var start = Stopwatch.GetTimestamp();
        Run(count);
        var wall = Stopwatch.GetElapsedTime(start);
        return new BareTimes((ThreadCpu() - cpu) / count, wall.TotalMilliseconds / count);
    }

    public void Dispose() => _segmenter.Dispose();

    /// <summary>Processor time of the calling thread, ms.</summary>
    private static double ThreadCpu()
    {
        var nanoseconds = File.ReadAllText(ThreadTimes).Split(' ')[0];
        return long.Parse(nanoseconds, CultureInfo.InvariantCulture) / 1e6;
    }

    private void Run(int count)
    {
        for (var index = 0; index < count; index++)
        {
            using var image = _decoder.Decode(_frames[index % _frames.Count], _limits);
            var result = _segmenter.Run([image]).Images[0];
            RegionExtractor.Extract(result, _segmenter.Manifest, _regions, image.Width, image.Height);
        }
    }
}
