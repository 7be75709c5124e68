using System.Threading.Channels;
using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Intake;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Inference.Tiling;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>
/// Lets a release that is to decide next see some frames after they are decided, on one thread that gets what the line leaves over. It decides nothing,
/// and no frame waits for it.
/// </summary>
internal sealed class CandidateShadow(DeliveryOptions options, IImageDecoder decoder, AgentOptions agent, CameraQueues queues, CrashPoints crashPoints, TimeProvider time)
{
    private volatile Channel<ShadowFrame>? _frames;

    /// <summary>Takes a decided frame where a release watches and has none to look at; on the inspector's thread.</summary>
    public void Offer(FrameInFlight frame)
    {
        if (_frames is { Reader.Count: 0 } frames && queues.Count == 0 && frame is { Header.Simulated: false, Image: not null, Recipe: { } recipe, Decision: { Model: not null } decision }
            && (decision.Verdict != Verdict.Undecided || decision.Reason == UndecidedReason.Uncertain))
        {
            frames.Writer.TryWrite(new ShadowFrame(frame.Payload.ToArray(), frame.Line, recipe, decision));
        }
    }

    /// <summary>Watches until there are enough frames, failed ones among them, or the time is over.</summary>
    /// <param name="release">The release; used by one thread at a time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ShadowReport> WatchAsync(ISegmenter release, CancellationToken cancellationToken)
    {
        var frames = Channel.CreateBounded<ShadowFrame>(1);
        using CancellationTokenSource end = new(options.Shadow, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        using TiledRun tiled = new(maxBatch: 1);
        IReadOnlyCollection<string> changed = release.Manifest.ChangedClasses ?? [];
        ShadowReport report = new(0, 0, 0, 0);
        _frames = frames;
        try
        {
            while (report.Frames + report.Failures < options.ShadowFrames || (options.MaxReversed < 1 && report is { Failures: 0, Failed: < ShadowRule.LeastReversed }))
            {
                var frame = await frames.Reader.ReadAsync(either.Token);
                if (release.Manifest.TakesReference() && frame.Line.Reference is null)
                {
                    // The line will say no-reference of it and go on: nothing to hold against the release.
                    continue;
                }

                var decision = await LowPriority.RunAsync(() => Judge(release, tiled, frame));
                report = decision is null
                    ? report with { Failures = report.Failures + 1 }
                    : Counted(report, frame.Decision, decision, changed);
                crashPoints.Pass(CrashPoint.AfterShadowFrame);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is over: what was seen until now has to do.
        }
        finally
        {
            _frames = null;
        }

        return report;
    }

    private static ShadowReport Counted(ShadowReport report, Decision active, Decision candidate, IReadOnlyCollection<string> changed)
    {
        var differs = active.Verdict != candidate.Verdict;
        return report with
        {
            Frames = report.Frames + 1,
            Different = report.Different + (differs ? 1 : 0),
            Unexplained = report.Unexplained + (differs && !ShadowRule.IsExplained(active, candidate, changed) ? 1 : 0),
            Failed = report.Failed + (active.Verdict == Verdict.Fail ? 1 : 0),
            LetPass = report.LetPass + ((active.Verdict, candidate.Verdict) == (Verdict.Fail, Verdict.Pass) ? 1 : 0),
            Passed = report.Passed + (active.Verdict == Verdict.Pass ? 1 : 0),
            NewlyFailed = report.NewlyFailed + ((active.Verdict, candidate.Verdict) == (Verdict.Pass, Verdict.Fail) ? 1 : 0),
        };
    }

    /// <summary>What the release says of a frame, which counts as the same where it has nothing to compare with; null where it fails on it.</summary>
    private Decision? Judge(ISegmenter release, TiledRun tiled, ShadowFrame frame)
    {
        try
        {
            using var image = decoder.Decode(frame.Picture, new DecodeLimits(agent.MaxFrameBytes, agent.MaxFramePixels), frame.Recipe.Window);
            var reference = release.Manifest.TakesReference() ? frame.Line.Reference!.Image : null;
            if (reference is not null && (reference.Width, reference.Height) != (image.Width, image.Height))
            {
                return frame.Decision;
            }

            var result = frame.Line.Tiles is { } tiles
                ? tiled.Run(release, tiles, image, reference)
                : release.Run([image], reference is null ? null : [reference]).Images[0];
            ModelReference model = new(release.Manifest.Name, release.Manifest.Version, release.Digest);
            return RecipeEvaluator.Judge(result, release.Manifest, frame.Recipe.Resolve(release.Manifest), image.Width, image.Height, model);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return null;
        }
    }
}
