using System.Diagnostics;
using System.Globalization;
using IMDD.Learning.Evaluation.Pixels;

namespace IMDD.Cli.Bench;

/// <summary>Exact pixel AUROC and AUPRO over maps with next to no equal scores, which is the hardest case for a ranking.</summary>
internal static class MetricsBench
{
    private const double GoalSeconds = 20;
    private const long GoalBytes = 4_000_000_000;
    private const int Seed = 1;
    private const int DefectsPerMap = 6;

    // One map in three shows a good part, as in the usual test sets.
    private const int GoodEvery = 3;

    public static MetricsBenchResult Run(int maps, int side)
    {
        Random random = new(Seed);
        PixelScores pixels = new();
        var scores = new float[side * side];
        var mask = new bool[side * side];
        using var process = Process.GetCurrentProcess();
        TimeSpan wall = default, cpu = default;
        for (var map = 0; map < maps; map++)
        {
            Draw(random, scores, mask, side, hasDefects: map % GoodEvery != 0);
            Timed(() => pixels.Add(scores, mask, side, side));
        }

        double auroc = 0, aupro30 = 0, aupro5 = 0;
        Timed(() => (auroc, aupro30, aupro5) = (pixels.Auroc().Value, pixels.Aupro(0.3).Value, pixels.Aupro(0.05).Value));
        var peak = PeakBytes();
        List<string> missed = [];
        if (wall.TotalSeconds > GoalSeconds)
        {
            missed.Add($"seconds {wall.TotalSeconds:0.0}: expected at most {GoalSeconds:0}");
        }

        if (peak > GoalBytes)
        {
            missed.Add($"peak_bytes {peak}: expected at most {GoalBytes}");
        }

        return new MetricsBenchResult(maps, side, wall.TotalSeconds, cpu.TotalSeconds, peak, auroc, aupro30, aupro5, missed);

        void Timed(Action work)
        {
            process.Refresh();
            var (start, used) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
            work();
            process.Refresh();
            wall += Stopwatch.GetElapsedTime(start);
            cpu += process.TotalProcessorTime - used;
        }
    }

    private static void Draw(Random random, float[] scores, bool[] mask, int side, bool hasDefects)
    {
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = 0.7f * random.NextSingle();
        }

        Array.Clear(mask);
        for (var defect = 0; hasDefects && defect < DefectsPerMap; defect++)
        {
            int width = random.Next(side / 64, side / 8), height = random.Next(side / 64, side / 8);
            int left = random.Next(side - width), top = random.Next(side - height);
            for (var y = top; y < top + height; y++)
            {
                mask.AsSpan(y * side + left, width).Fill(true);
                foreach (ref var score in scores.AsSpan(y * side + left, width))
                {
                    score += 0.3f * random.NextSingle();
                }
            }
        }
    }

    /// <summary>The kernel's high-water mark of resident memory.</summary>
    private static long PeakBytes()
    {
        const string key = "VmHWM:";
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(key, StringComparison.Ordinal));
        return 1024 * long.Parse(line.AsSpan(key.Length).Trim(" \tkB"), CultureInfo.InvariantCulture);
    }
}
