using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.Telemetry;
using IMDD.Imaging;
using IMDD.Inference;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>Runs batches through the model, one after the other, and judges what comes out.</summary>
internal sealed class Inspector(
    DecodeStage decoded,
    ModelSlot slot,
    StationRecipe recipe,
    FrameCompletion completion,
    AgentTelemetry telemetry,
    TimeProvider time,
    ILogger<Inspector> logger)
{
    private readonly List<RgbImage> _images = [];

    /// <summary>Works until the token fires.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var batch = await decoded.Batcher.TakeAsync(cancellationToken);
            try
            {
                Inspect(batch);
            }
            finally
            {
                foreach (var frame in batch)
                {
                    decoded.Release(frame);
                }
            }

            completion.Complete(batch);
        }
    }

    private void Inspect(IReadOnlyList<FrameInFlight> batch)
    {
        var isThere = slot.TryUse((batch[0].Width, batch[0].Height), (segmenter, model) =>
        {
            if (TryRun(segmenter, model, batch) is not { } failure)
            {
                return;
            }

            // Once more, each by itself: one bad frame must not take its neighbours along, and a passing error must not cost a frame.
            Log.BatchFailed(logger, batch.Count, failure.Message);
            foreach (var frame in batch)
            {
                if (TryRun(segmenter, model, [frame]) is { } again)
                {
                    slot.Failed();
                    frame.Decision = Decision.Undecided(UndecidedReason.ModelUnavailable, $"The model failed on this frame: {again.Message}", model);
                }
            }
        });
        if (!isThere)
        {
            foreach (var frame in batch)
            {
                frame.Decision = Decision.Undecided(UndecidedReason.ModelUnavailable, "No model is loaded.");
            }
        }
    }

    private Exception? TryRun(ISegmenter segmenter, ModelReference model, IReadOnlyList<FrameInFlight> frames)
    {
        _images.Clear();
        foreach (var frame in frames)
        {
            _images.Add(frame.Image!);
        }

        try
        {
            var start = time.GetTimestamp();
            var results = segmenter.Run(_images).Images;
            var inference = time.GetElapsedTime(start);
            telemetry.Inferred(inference, frames.Count);
            for (var i = 0; i < frames.Count; i++)
            {
                var judged = time.GetTimestamp();
                frames[i].InferenceMs = inference.TotalMilliseconds / frames.Count;
                frames[i].Decision = RecipeEvaluator.Judge(results[i], segmenter.Manifest, recipe.For(segmenter.Manifest), frames[i].Width, frames[i].Height, model);
                frames[i].PostprocessMs = time.GetElapsedTime(judged).TotalMilliseconds;
            }

            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return e;
        }
    }
}
