using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Inspection;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;

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

    /// <summary>Side of a frame that stands in where no size is known, pixels.</summary>
    public const int DefaultSide = 256;

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
    public Task<ISegmenter> ProveAsync(ModelBundle bundle, TimeSpan? deadline, TimeSpan? present) => LowPriority.RunAsync(() =>
    {
        var sizes = Sizes();
        var deciding = opener.Options(sizes, bundle.Manifest, group.Cameras) with { MaxBatch = 1 };
        var budget = options.InferenceBudget ?? deadline;
        Dictionary<(int Width, int Height), TimeSpan> shares = [];
        if (budget is { } limit && deciding.Threads != 1)
        {
            // Gone before the next is made: two of a large model would take twice the memory.
            using var timed = SegmenterFactory.Create(bundle, deciding);
            foreach (var size in sizes)
            {
                shares[size] = Fastest(timed, TimedRunsOfSeveralThreads, size, limit);
            }
        }

        var trial = SegmenterFactory.Create(bundle, deciding with { Threads = 1 });
        try
        {
            if (budget is { } enough)
            {
                CheckSpeed(trial, shares, Cores(deciding.Threads), sizes, enough, present);
            }

            return trial;
        }
        catch
        {
            trial.Dispose();
            throw;
        }
    });

    /// <summary>A release that is ready to decide.</summary>
    /// <exception cref="ModelBundleException">The bundle has changed on disk.</exception>
    /// <exception cref="SegmenterException">It does not run here.</exception>
    public Task<ISegmenter> LoadAsync(ModelBundle bundle) => Task.Run(() => SegmenterFactory.Create(bundle, opener.Options(Sizes(), bundle.Manifest, group.Cameras)));

    private List<(int Width, int Height)> Sizes()
    {
        List<(int Width, int Height)> sizes = [.. opener.WarmUpSizes()];
        if (group.Slot.LastFrame is { } seen && !sizes.Contains(seen))
        {
            sizes.Add(seen);
        }

        return sizes.Count > 0 ? sizes : [(DefaultSide, DefaultSide)];
    }

    /// <summary>Cores that so many threads have; the container's limit counts.</summary>
    private static int Cores(int threads) => threads == 0 ? Environment.ProcessorCount : Math.Min(threads, Environment.ProcessorCount);

    private void CheckSpeed(
        ISegmenter trial, Dictionary<(int Width, int Height), TimeSpan> shares, int cores, List<(int Width, int Height)> sizes, TimeSpan budget, TimeSpan? present)
    {
        foreach (var size in sizes)
        {
            // The caller's share of several threads is small where the others are held up: what all have to do, divided among the cores, is the least there is.
            var whole = Fastest(trial, TimedRuns, size, budget);
            var took = shares.TryGetValue(size, out var share) ? TimeSpan.FromTicks(Math.Max(share.Ticks, whole.Ticks / cores)) : whole;
            if (took > budget)
            {
                throw new DeliveryException(
                    RolloutReason.TooSlow,
                    FormattableString.Invariant($"A frame of {size.Width} x {size.Height} takes {took.TotalMilliseconds:F1} ms: this station has {budget.TotalMilliseconds:F1} ms."))
                {
                    IsOfRecipe = options.InferenceBudget is null && !(took > present),
                };
            }
        }
    }

    /// <summary>The fastest of some runs, no more than are needed to see that one is fast enough.</summary>
    private static TimeSpan Fastest(ISegmenter segmenter, int runs, (int Width, int Height) size, TimeSpan budget)
    {
        using RgbImage grey = new(size.Width, size.Height);
        grey.Pixels.Fill(MidGrey);
        var best = TimeSpan.MaxValue;
        for (var run = 0; run < runs && best > budget; run++)
        {
            var (clock, cpu) = (TimeProvider.System.GetTimestamp(), LowPriority.CpuTime());
            segmenter.Run([grey]);

            // On a CPU the calling thread's work says how long a run takes, whoever else the box serves at the moment: all of it on one thread, its share
            // on several, more where others are held up. An accelerator works elsewhere.
            var took = segmenter.ExecutionProvider == ExecutionProviders.Cpu ? LowPriority.CpuTime() - cpu : TimeProvider.System.GetElapsedTime(clock);
            best = took < best ? took : best;
        }

        return best;
    }
}
