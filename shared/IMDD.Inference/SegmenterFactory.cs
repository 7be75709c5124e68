using System.Diagnostics;
using System.Globalization;
using IMDD.Imaging;
using IMDD.Inference.Bundles;
using Microsoft.ML.OnnxRuntime;

namespace IMDD.Inference;

/// <summary>Makes segmenters from bundles.</summary>
public static class SegmenterFactory
{
    private const byte MidGrey = 128;
    private const int TimedRuns = 3;

    /// <summary>Loads the model, checks it against the segmenter contract and the bundle's own probes, and warms it up.</summary>
    /// <exception cref="SegmenterException">
    /// The provider asked for is absent (there is no fallback), the model does not load or does not meet the contract, a probe
    /// comes out otherwise than the bundle says, a warm-up run fails, or a warm run misses the deadline.
    /// </exception>
    /// <exception cref="ModelBundleException">The bundle has changed on disk since it was opened.</exception>
    public static ISegmenter Create(ModelBundle bundle, SegmenterOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxBatch);
        var session = Load(bundle, options);
        OnnxSegmenter? segmenter = null;
        try
        {
            segmenter = new OnnxSegmenter(session, bundle, options, SegmenterContract.Check(session, bundle));
            ProbeCheck.Run(segmenter, bundle);
            if (options.CudaGraphs)
            {
                // What is replayed must see what it is given, and not what was there when it was recorded.
                ProbeCheck.Run(segmenter, bundle);
            }

            foreach (var (width, height) in options.WarmUpSizes)
            {
                WarmUp(segmenter, width, height, options);
            }

            return segmenter;
        }
        catch
        {
            segmenter?.Dispose();
            session.Dispose();
            throw;
        }
    }

    private static InferenceSession Load(ModelBundle bundle, SegmenterOptions options)
    {
        using SessionOptions session = new()
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = options.Threads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };

        // Workers that spin between two operators save a tenth of a frame's time. Between two runs they would take the cores that decoding and the outcome store need.
        session.AddSessionConfigEntry("session.force_spinning_stop", "1");
        session.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        ExecutionProviders.Append(session, options, bundle);
        try
        {
            var graph = bundle.ReadFile(ModelBundle.ModelFile);
            return HasWeightsBeside(bundle, graph) ? LoadFromFiles(bundle, session) : new InferenceSession(graph, session);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or InvalidDataException)
        {
            throw new SegmenterException($"{bundle.PathOf(ModelBundle.ModelFile)} does not load: {exception.Message}", exception, SegmenterFault.Load);
        }
    }

    /// <summary>Whether a graph has weights in files beside it: only in such as the manifest answers for, or the runtime would open what nobody has checked.</summary>
    private static bool HasWeightsBeside(ModelBundle bundle, byte[] graph)
    {
        var locations = ExternalWeights.Of(graph);
        var listed = bundle.Manifest.Files.Select(file => file.Path).Where(ModelBundle.IsModelData).ToHashSet(StringComparer.Ordinal);
        return locations.FirstOrDefault(location => !listed.Contains(location)) is { } other
            ? throw new InvalidDataException($"it has weights in '{other}': expected them in itself, or in {ModelBundle.ModelDataFile} and its parts, as {ModelBundle.ManifestFile} lists them.")
            : locations.Count > 0;
    }

    /// <summary>
    /// A graph whose weights lie in files beside it, which the runtime opens itself. They are checked again once it has: what it read came from files that
    /// were what the manifest says before, when the bundle was opened, and are so after, before the first frame. Nobody but the agent writes below a
    /// bundle, and the agent never does so in place.
    /// </summary>
    private static InferenceSession LoadFromFiles(ModelBundle bundle, SessionOptions options)
    {
        InferenceSession session = new(bundle.PathOf(ModelBundle.ModelFile), options);
        try
        {
            foreach (var file in bundle.Manifest.Files.Where(file => file.Path == ModelBundle.ModelFile || ModelBundle.IsModelData(file.Path)))
            {
                bundle.Check(file.Path);
            }

            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static void WarmUp(OnnxSegmenter segmenter, int width, int height, SegmenterOptions options)
    {
        using RgbImage grey = new(width, height);
        grey.Pixels.Fill(MidGrey);

        // The largest first: its buffers serve the smaller batches as well.
        for (var batch = options.MaxBatch; batch > 0; batch--)
        {
            Run(batch);
        }

        if (options.Deadline is not { } deadline)
        {
            return;
        }

        // The fastest of some: a moment in which the machine does something else must not cost a model that is fast enough.
        var fastest = Enumerable.Range(0, TimedRuns).Min(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            Run(1);
            return Stopwatch.GetElapsedTime(start);
        });
        if (fastest > deadline)
        {
            throw new SegmenterException(string.Create(
                CultureInfo.InvariantCulture,
                $"A warm run of one frame of {width} x {height} takes {fastest.TotalMilliseconds:0.#} ms; the deadline is {deadline.TotalMilliseconds:0.#} ms."));
        }

        void Run(int batch)
        {
            RgbImage[] images = [.. Enumerable.Repeat(grey, batch)];
            segmenter.Run(images, segmenter.Manifest.TakesReference() ? images : null);
        }
    }
}
