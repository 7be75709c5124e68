using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Examples;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.Statistics;
using IMDD.Edge.Agent.Telemetry;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Inference.Tiling;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>
/// Runs batches through the models of their groups of cameras, one after the other, and judges what comes out. A batch, and with it every tile of a frame,
/// sees one model and one recipe: whoever swaps waits for it.
/// </summary>
internal sealed class Inspector(
    AgentOptions options,
    DecodeStage decoded,
    FrameCompletion completion,
    HardExamples examples,
    RunMark mark,
    CameraStatisticsCollector statistics,
    AgentTelemetry telemetry,
    TimeProvider time,
    ILogger<Inspector> logger) : IDisposable
{
    private readonly TiledRun _tiled = new(options.MaxBatch);
    private readonly List<RgbImage> _images = [];
    private readonly List<RgbImage> _references = [];
    private readonly List<FrameInFlight> _comparable = [];

    /// <summary>Works until the token fires.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var batch = await decoded.Batcher.TakeAsync(cancellationToken);
            mark.Enter(batch[0].Line.Group);
            try
            {
                Inspect(batch);
                foreach (var frame in batch)
                {
                    examples.Consider(frame);
                    frame.Line.Group.Shadow.Offer(frame);
                    statistics.Observe(frame);
                }
            }
            finally
            {
                foreach (var frame in batch)
                {
                    decoded.Release(frame);
                }
            }

            completion.Complete(batch);
            mark.Leave();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _tiled.Dispose();

    private void Inspect(IReadOnlyList<FrameInFlight> batch)
    {
        var group = batch[0].Line.Group;
        var isThere = group.Slot.TryUse(new SeenFrame(batch[0].Width, batch[0].Height, batch[0].Line.Tiles), (segmenter, model) =>
        {
            statistics.Uses(segmenter.Manifest);
            foreach (var frame in batch)
            {
                decoded.Follow(frame, group.Recipes.Current);
            }

            RunAll(group.Slot, segmenter, model, segmenter.Manifest.TakesReference() ? Comparable(batch, model) : batch);
            foreach (var frame in batch)
            {
                if (frame.Decision is { } decision && !frame.Header.Simulated)
                {
                    group.Slot.Judged(decision);
                }
            }
        });
        if (!isThere)
        {
            foreach (var frame in batch)
            {
                frame.Decision = Decision.Undecided(UndecidedReason.ModelUnavailable, group.Slot.Fault is { } fault ? $"No model is loaded: {fault}" : "No model is loaded.");
            }
        }
    }

    private void RunAll(ModelSlot slot, ISegmenter segmenter, ModelReference model, IReadOnlyList<FrameInFlight> frames)
    {
        if (frames.Count == 0 || TryRun(segmenter, model, frames) is not { } failure)
        {
            return;
        }

        // Once more, each by itself: one bad frame must not take its neighbours along, and a passing error must not cost a frame.
        Log.BatchFailed(logger, frames.Count, failure.Message);
        foreach (var frame in frames)
        {
            // What was decided before the failure stays so.
            if (frame.Decision is null && TryRun(segmenter, model, [frame]) is { } again)
            {
                slot.Failed();
                frame.Decision = Decision.Undecided(UndecidedReason.ModelUnavailable, $"The model failed on this frame: {again.Message}", model);
            }
        }
    }

    /// <summary>Those that have a reference of their size; the others are decided: a model that compares has nothing to say of them.</summary>
    private List<FrameInFlight> Comparable(IReadOnlyList<FrameInFlight> batch, ModelReference model)
    {
        _comparable.Clear();
        foreach (var frame in batch)
        {
            var reference = frame.Line.Reference?.Image;
            if (reference is not null && reference.Width == frame.Width && reference.Height == frame.Height)
            {
                _comparable.Add(frame);
                continue;
            }

            var camera = frame.Line.Path.Camera;
            frame.Decision = Decision.Undecided(
                UndecidedReason.NoReference,
                reference is null
                    ? $"{model.Name} compares with a known-good picture, and camera {camera} has none (Edge:Agent:Cameras:N:Reference)."
                    : $"The known-good picture of camera {camera} has {reference.Width} x {reference.Height} pixels; this frame has {frame.Width} x {frame.Height}.",
                model);
        }

        return _comparable;
    }

    private Exception? TryRun(ISegmenter segmenter, ModelReference model, IReadOnlyList<FrameInFlight> frames)
    {
        try
        {
            if (frames[0].Line.Tiles is { } tiles)
            {
                foreach (var frame in frames)
                {
                    RunTiled(segmenter, model, tiles, frame);
                }
            }
            else
            {
                RunWhole(segmenter, model, frames);
            }

            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return e;
        }
    }

    private void RunWhole(ISegmenter segmenter, ModelReference model, IReadOnlyList<FrameInFlight> frames)
    {
        var takesReference = segmenter.Manifest.TakesReference();
        _images.Clear();
        _references.Clear();
        foreach (var frame in frames)
        {
            _images.Add(frame.Image!);
            if (takesReference)
            {
                _references.Add(frame.Line.Reference!.Image);
            }
        }

        var start = time.GetTimestamp();
        var results = segmenter.Run(_images, takesReference ? _references : null).Images;
        var inference = time.GetElapsedTime(start);
        telemetry.Inferred(inference, frames.Count);
        for (var i = 0; i < frames.Count; i++)
        {
            Judge(segmenter, model, frames[i], results[i], inference / frames.Count);
        }
    }

    private void RunTiled(ISegmenter segmenter, ModelReference model, TilePlan tiles, FrameInFlight frame)
    {
        var start = time.GetTimestamp();
        var result = _tiled.Run(segmenter, tiles, frame.Image!, segmenter.Manifest.TakesReference() ? frame.Line.Reference!.Image : null);
        var inference = time.GetElapsedTime(start);
        telemetry.Inferred(inference, frames: 1);
        Judge(segmenter, model, frame, result, inference);
    }

    private void Judge(ISegmenter segmenter, ModelReference model, FrameInFlight frame, SegmentationResult result, TimeSpan inference)
    {
        var start = time.GetTimestamp();
        frame.InferenceMs = inference.TotalMilliseconds;
        var decision = RecipeEvaluator.Judge(result, segmenter.Manifest, frame.Recipe!.For(segmenter.Manifest), frame.Width, frame.Height, model);
        frame.Decision = examples.Measure(decision, segmenter, result);
        frame.PostprocessMs = time.GetElapsedTime(start).TotalMilliseconds;
    }
}
