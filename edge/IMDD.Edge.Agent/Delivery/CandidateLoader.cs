using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Inspection;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Inference.Tiling;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>
/// Loads a release beside the one that decides. What is costly comes first, on threads that get only what the line leaves over: whether it
/// loads, what it makes of its probes, how long it takes. Then the session that is to decide is made, and runs each frame size once.
/// </summary>
internal sealed class CandidateLoader(BundleOpener opener, DeliveryOptions options, CameraGroup group)
{
    private const int TimedRuns = 3;

    // Threads that wait for each other seldom all get a core at once on a box that is busy.
    private const int TimedRunsOfSeveralThreads = 12;
    private const byte MidGrey = 128;

    /// <summary>
    /// A release that may watch: it runs here, says of its probes what it should, and is fast enough on the threads that it would decide with. It works on the
    /// caller's thread alone.
    /// </summary>
    /// <param name="bundle">Its files.</param>
    /// <param name="deadline">Of the recipe that it is to decide by; null: none.</param>
    /// <param name="present">Of the recipe in force; null: none. What would keep this one is refused because of the other recipe.</param>
    /// <exception cref="ModelBundleException">The bundle has changed on disk.</exception>
    /// <exception cref="SegmenterException">It does not run here.</exception>
    /// <exception cref="DeliveryException">It takes too long.</exception>
    public Task<ISegmenter> ProveAsync(ModelBundle bundle, TimeSpan? deadline, TimeSpan? present) => LowPriority.RunAsync(() => Guarded(bundle, () =>
    {
        var frames = Frames();
        var asInUse = OptionsFor(bundle, frames);
        using TiledRun tiled = new(asInUse.MaxBatch);
        var deciding = frames.Exists(frame => frame.Tiles is not null) ? asInUse : asInUse with { MaxBatch = 1 };
        var budget = options.InferenceBudget ?? deadline;
        Dictionary<SeenFrame, TimeSpan> shares = [];
        if (budget is { } limit && deciding.Threads != 1)
        {
            // Gone before the next is made: two of a large model would take twice the memory.
            using var timed = SegmenterFactory.Create(bundle, deciding);
            foreach (var frame in frames)
            {
                shares[frame] = Fastest(timed, tiled, TimedRunsOfSeveralThreads, frame, limit);
            }
        }

        var trial = SegmenterFactory.Create(bundle, deciding with { Threads = 1 });
        try
        {
            if (budget is { } enough)
            {
                CheckSpeed(trial, tiled, frames, shares, Cores(deciding.Threads), enough, present);
            }

            return trial;
        }
        catch
        {
            trial.Dispose();
            throw;
        }
    }));

    /// <summary>A release that is ready to decide.</summary>
    /// <exception cref="ModelBundleException">The bundle has changed on disk.</exception>
    /// <exception cref="SegmenterException">It does not run here.</exception>
    public Task<ISegmenter> LoadAsync(ModelBundle bundle) => Task.Run(() => Guarded(bundle, () => SegmenterFactory.Create(bundle, OptionsFor(bundle, Frames()))));

    /// <summary>A release ends no process: what fails in it that nobody foresaw is a reason to refuse it, or it would end each start again.</summary>
    private static ISegmenter Guarded(ModelBundle bundle, Func<ISegmenter> make)
    {
        try
        {
            return make();
        }
        catch (Exception e) when (!Refusal.Is(e) && e is not OutOfMemoryException)
        {
            throw new SegmenterException($"{bundle.Manifest.Name} does not run here: {e.Message}", e, SegmenterFault.Load);
        }
    }

    private SegmenterOptions OptionsFor(ModelBundle bundle, List<SeenFrame> frames)
        => opener.Options(frames, bundle.Manifest, group.Cameras);

    /// <summary>What the line shows a model, as far as that is known.</summary>
    private List<SeenFrame> Frames()
    {
        List<SeenFrame> frames = [.. opener.NamedFrames(group.Cameras)];
        if (group.Slot.LastFrame is { } seen && !frames.Contains(seen) && (frames.Count == 0 || !opener.MakesEngines))
        {
            frames.Add(seen);
        }

        return frames.Count > 0 ? frames : [SeenFrame.StandIn];
    }

    /// <summary>Cores that so many threads have; the container's limit counts.</summary>
    private static int Cores(int threads) => threads == 0 ? Environment.ProcessorCount : Math.Min(threads, Environment.ProcessorCount);

    private void CheckSpeed(
        ISegmenter trial, TiledRun tiled, List<SeenFrame> frames, Dictionary<SeenFrame, TimeSpan> shares, int cores, TimeSpan budget, TimeSpan? present)
    {
        foreach (var frame in frames)
        {
            // The caller's share of several threads is small where the others are held up: what all have to do, divided among the cores, is the least there is.
            var whole = Fastest(trial, tiled, TimedRuns, frame, budget);
            var took = shares.TryGetValue(frame, out var share) ? TimeSpan.FromTicks(Math.Max(share.Ticks, whole.Ticks / cores)) : whole;
            if (took > budget)
            {
                throw new DeliveryException(
                    RolloutReason.TooSlow,
                    FormattableString.Invariant($"A frame of {frame.Width} x {frame.Height} takes {took.TotalMilliseconds:F1} ms: this station has {budget.TotalMilliseconds:F1} ms."))
                {
                    IsOfRecipe = options.InferenceBudget is null && !(took > present),
                };
            }
        }
    }

    /// <summary>The fastest of some runs, no more than are needed to see that one is fast enough.</summary>
    private static TimeSpan Fastest(ISegmenter segmenter, TiledRun tiled, int runs, SeenFrame frame, TimeSpan budget)
    {
        using RgbImage grey = new(frame.Width, frame.Height);
        grey.Pixels.Fill(MidGrey);
        var reference = segmenter.Manifest.TakesReference() ? grey : null;
        var best = TimeSpan.MaxValue;
        for (var run = 0; run < runs && best > budget; run++)
        {
            var (clock, cpu) = (TimeProvider.System.GetTimestamp(), LowPriority.CpuTime());
            if (frame.Tiles is { } plan)
            {
                tiled.Run(segmenter, plan, grey, reference);
            }
            else
            {
                segmenter.Run([grey], reference is null ? null : [reference]);
            }

            // On a CPU the calling thread's work says how long a run takes, whoever else the box serves at the moment: all of it on one thread, its share
            // on several, more where others are held up. An accelerator works elsewhere.
            var took = segmenter.ExecutionProvider == ExecutionProviders.Cpu ? LowPriority.CpuTime() - cpu : TimeProvider.System.GetElapsedTime(clock);
            best = took < best ? took : best;
        }

        return best;
    }
}
