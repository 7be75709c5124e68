using System.Diagnostics;
using System.Globalization;
using IMDD.Imaging;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Shards;
using OpenCvSharp;

namespace IMDD.Cli.Bench;

/// <summary>Reads the pictures of a data set with the image library alone and with ours, in turns, then writes and reads them as shards.</summary>
internal sealed class DataBench(Dataset dataset, string folder, int threads)
{
    private const int Side = 512;
    private const double GoalReadOverLibrary = 0.9;
    private const int ShardRounds = 5;
    private const int ShuffleBuffer = 1000;
    private const int CopyBufferBytes = 1 << 20;
    private const int Hashes = 20_000;
    private const long ShardBytes = 64L << 20;

    // IMREAD_COLOR_RGB of OpenCV 4.11, the mode that our decoder uses too.
    private const ImreadModes Rgb = (ImreadModes)256;

    private readonly string[] _paths = [.. dataset.Samples.Select(s => s.ImagePath)];

    public DataBenchResult Run(int rounds)
    {
        var load = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
        var encodedBytes = _paths.Sum(p => new FileInfo(p).Length);
        Read(rounds: 1);
        var (library, ours) = Read(rounds);
        var pictures = (double)_paths.Length * rounds;

        // The threads run side by side: their times add up to threads × what passes on the clock.
        var picturesPerSecond = pictures * threads / ours.TotalSeconds;
        var decoder = encodedBytes * rounds * threads / library.TotalSeconds / 1e6;
        var (shardWrite, diskWrite, shardRead, diskRead) = Shards();
        var (indexed, quadratic) = CopySearch.Measure(Hashes);
        var result = new DataBenchResult
        {
            Pictures = _paths.Length,
            Threads = threads,
            LoadAverageBefore = load,
            PicturesPerSecond = picturesPerSecond,
            ReadOverLibrary = library / ours,
            DecoderMbPerSecond = decoder,
            ShardReadMbPerSecond = shardRead,
            DiskReadMbPerSecond = diskRead,
            ReadLimit = diskRead < decoder ? "disk" : "decoder",
            ShardWriteMbPerSecond = shardWrite,
            DiskWriteMbPerSecond = diskWrite,
            WriteLimit = diskWrite < decoder ? "disk" : "decoder",
            CopySearchHashes = Hashes,
            CopySearchMs = indexed,
            CopySearchQuadraticMs = quadratic,
            Missed = [],
        };
        return result with { Missed = [.. Missed(result)] };
    }

    private static IEnumerable<string> Missed(DataBenchResult result)
    {
        if (result.ReadOverLibrary < GoalReadOverLibrary)
        {
            yield return $"read_over_library {result.ReadOverLibrary:0.000}: expected at least {GoalReadOverLibrary}";
        }

        if (result.ShardReadMbPerSecond < Math.Min(result.DiskReadMbPerSecond, result.DecoderMbPerSecond))
        {
            yield return $"shard_read_mb_per_second {result.ShardReadMbPerSecond:0}: expected the {result.ReadLimit}'s speed";
        }

        if (result.ShardWriteMbPerSecond < Math.Min(result.DiskWriteMbPerSecond, result.DecoderMbPerSecond))
        {
            yield return $"shard_write_mb_per_second {result.ShardWriteMbPerSecond:0}: expected the {result.WriteLimit}'s speed";
        }
    }

    /// <summary>Time of each side, added up over the threads.</summary>
    private (TimeSpan Library, TimeSpan Ours) Read(int rounds)
    {
        PictureLoader loader = new(new OpenCvImageDecoder(), new DecodeLimits(MaxBytes: 256L << 20));
        long library = 0, ours = 0;
        var next = -1;
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            long libraryTicks = 0, ourTicks = 0;
            int at;
            while ((at = Interlocked.Increment(ref next)) < _paths.Length * rounds)
            {
                var path = _paths[at % _paths.Length];

                // Turns change with every round, so that neither side always finds the file warm in the caches.
                if ((at + at / _paths.Length) % 2 == 0)
                {
                    libraryTicks += Timed(() => ReadAlone(path));
                    ourTicks += Timed(() => loader.Load(path, Side, Side).Dispose());
                }
                else
                {
                    ourTicks += Timed(() => loader.Load(path, Side, Side).Dispose());
                    libraryTicks += Timed(() => ReadAlone(path));
                }
            }

            Interlocked.Add(ref library, libraryTicks);
            Interlocked.Add(ref ours, ourTicks);
        })).ToList();
        workers.ForEach(w => w.Start());
        workers.ForEach(w => w.Join());
        return (Stopwatch.GetElapsedTime(0, library), Stopwatch.GetElapsedTime(0, ours));
    }

    private static long Timed(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetTimestamp() - start;
    }

    private static void ReadAlone(string path)
    {
        using var image = Cv2.ImRead(path, Rgb | ImreadModes.IgnoreOrientation);
        using Mat resized = new();
        var shrinks = Side < image.Width && Side < image.Height;
        Cv2.Resize(image, resized, new Size(Side, Side), interpolation: shrinks ? InterpolationFlags.Area : InterpolationFlags.Linear);
    }

    /// <summary>MB/s of the best of several rounds each, in turns: a shared disk is only ever slowed down by others.</summary>
    private (double ShardWrite, double DiskWrite, double ShardRead, double DiskRead) Shards()
    {
        double shardWrite = 0, diskWrite = 0, shardRead = 0, diskRead = 0;
        for (var round = 0; round < ShardRounds; round++)
        {
            var shards = Path.Combine(folder, $"shards-{round}");
            var plain = Path.Combine(folder, $"plain-{round}");
            var seconds = Seconds(() => ShardWriter.Write(dataset, shards, ShardBytes));
            var files = Directory.GetFiles(shards, "*.tar");
            var bytes = files.Sum(f => new FileInfo(f).Length);
            shardWrite = Math.Max(shardWrite, bytes / seconds / 1e6);
            diskWrite = Math.Max(diskWrite, bytes / Seconds(() => WritePlain(plain, bytes)) / 1e6);
            DropAll(files);
            shardRead = Math.Max(shardRead, bytes / Seconds(() => ReadShards(shards)) / 1e6);
            DropAll(files);
            diskRead = Math.Max(diskRead, bytes / Seconds(() => ReadPlain(files)) / 1e6);
            Directory.Delete(shards, recursive: true);
            File.Delete(plain);
        }

        return (shardWrite, diskWrite, shardRead, diskRead);
    }

    private static double Seconds(Action work) => Stopwatch.GetElapsedTime(0, Timed(work)).TotalSeconds;

    private static void DropAll(string[] files) => Array.ForEach(files, PageCache.Drop);

    private static void ReadShards(string shards)
    {
        ShardReader reader = new(shards);
        foreach (var sample in reader.Read(reader.Order(epoch: 0, seed: 1, ShuffleBuffer)))
        {
            ArgumentNullException.ThrowIfNull(sample);
        }
    }

    private static void ReadPlain(string[] files)
    {
        var buffer = new byte[CopyBufferBytes];
        foreach (var file in files)
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            while (stream.Read(buffer) > 0)
            {
            }
        }
    }

    private static void WritePlain(string path, long bytes)
    {
        // Not zeros: some file systems do not store them.
        var block = new byte[CopyBufferBytes];
        new Random(1).NextBytes(block);
        using FileStream stream = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var left = bytes; left > 0; left -= block.Length)
        {
            stream.Write(block.AsSpan(0, (int)Math.Min(left, block.Length)));
        }

        stream.Flush(flushToDisk: true);
    }
}
