using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Intake;
using IMDD.Imaging;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>Takes frames from the queues, decodes them within bounds, hands them to the batcher. An attempt is written before each decode.</summary>
internal sealed class DecodeStage : IDisposable
{
    /// <summary>A frame that took part in so many crashes is not decoded again.</summary>
    public const int MaxAttempts = 2;

    private readonly CameraQueues _queues;
    private readonly IImageDecoder _decoder;
    private readonly AttemptJournal _journal;
    private readonly IsolationGate _gate;
    private readonly Batcher _batcher;
    private readonly FrameCompletion _completion;
    private readonly CrashPoints _crashPoints;
    private readonly TimeProvider _time;
    private readonly DecodeLimits _limits;
    private readonly SemaphoreSlim _decodedPlaces;
    private int _decoding;

    public DecodeStage(
        AgentOptions options, CameraQueues queues, IImageDecoder decoder, AttemptJournal journal, IsolationGate gate,
        FrameCompletion completion, CrashPoints crashPoints, TimeProvider time)
    {
        (_queues, _decoder, _journal, _gate, _completion, _crashPoints, _time) = (queues, decoder, journal, gate, completion, crashPoints, time);
        Workers = options.DecodeWorkers > 0 ? options.DecodeWorkers : Math.Max(1, Environment.ProcessorCount / 2);
        _limits = new DecodeLimits(options.MaxFrameBytes, options.MaxFramePixels);
        _decodedPlaces = new SemaphoreSlim((2 * options.MaxBatch) + Workers);
        _batcher = new Batcher(options.MaxBatch, options.MaxBatchDelay, () => _queues.Count > 0 || Volatile.Read(ref _decoding) > 0, time);
    }

    /// <summary>Frames decoded at the same time.</summary>
    public int Workers { get; }

    /// <summary>Where decoded frames go.</summary>
    public Batcher Batcher => _batcher;

    /// <summary>One worker, until the token fires.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // The place first: a frame waits in its queue, where a policy can choose it, rather than in a worker's hand.
            await _decodedPlaces.WaitAsync(cancellationToken);
            var frame = await _queues.TakeAsync(cancellationToken);
            Interlocked.Increment(ref _decoding);
            try
            {
                frame.QueueMs = _time.GetElapsedTime(frame.ReceivedTimestamp).TotalMilliseconds;
                await PassAsync(frame, cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref _decoding);
                _batcher.Reconsider();
            }
        }
    }

    /// <summary>Gives back what a frame held on its way through decoder and model.</summary>
    public void Release(FrameInFlight frame)
    {
        frame.Image?.Dispose();
        frame.Image = null;
        _gate.Leave(frame.IsSuspect);
        _decodedPlaces.Release();
    }

    /// <summary>
    /// Another recipe may have come into force since a frame was decoded: it is judged by that one, and decoded again where it means other pixels.
    /// </summary>
    public void Follow(FrameInFlight frame, StationRecipe recipe)
    {
        if (frame.Recipe is { } before && before.Window != recipe.Window)
        {
            RgbImage image;
            try
            {
                image = _decoder.Decode(frame.Payload.Span, _limits, recipe.Window);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // It could be decoded a moment ago: it goes by the recipe that its pixels are of, and its outcome says so.
                return;
            }

            frame.Image!.Dispose();
            frame.Image = image;
        }

        frame.Recipe = recipe;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _batcher.Dispose();
        _decodedPlaces.Dispose();
    }

    private async Task PassAsync(FrameInFlight frame, CancellationToken cancellationToken)
    {
        var attempts = _journal.Attempts(frame.OutcomeId);
        if (attempts >= MaxAttempts)
        {
            _decodedPlaces.Release();
            frame.IsInJournal = true;
            _completion.Refuse(frame, UndecidedReason.Crashed, $"The process ended {attempts} times while it had this frame; it was not decoded again.");
            return;
        }

        var recipe = frame.Recipe = frame.Line.Group.Recipes.Current;
        if (recipe.IsLate(frame, _time.GetUtcNow()))
        {
            _decodedPlaces.Release();
            _completion.Complete(frame, Decision.Undecided(UndecidedReason.Deadline, $"The deadline of {recipe.Recipe.DeadlineMs} ms had passed before the inspection."));
            return;
        }

        frame.IsSuspect = attempts > 0;
        await _gate.EnterAsync(frame.IsSuspect, cancellationToken);
        _journal.Begin(frame.OutcomeId);
        frame.IsInJournal = true;
        _crashPoints.Pass(CrashPoint.AfterAttempt);
        if (Decode(frame))
        {
            _batcher.Add(frame);
        }
        else
        {
            Release(frame);
        }
    }

    private bool Decode(FrameInFlight frame)
    {
        var start = _time.GetTimestamp();
        try
        {
            var image = _decoder.Decode(frame.Payload.Span, _limits, frame.Recipe!.Window);
            (frame.Image, frame.Width, frame.Height) = (image, image.Width, image.Height);
            frame.PreprocessMs = _time.GetElapsedTime(start).TotalMilliseconds;
            return true;
        }
        catch (ImageRejectedException e)
        {
            var reason = e.Reason switch
            {
                ImageRejection.TooLarge => UndecidedReason.TooLarge,
                ImageRejection.Unsupported => UndecidedReason.Unsupported,
                _ => UndecidedReason.Corrupt,
            };
            _completion.Refuse(frame, reason, e.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A decoder that fails in a way it does not announce still only costs this frame.
            _completion.Refuse(frame, UndecidedReason.Corrupt, $"The decoder failed: {e.GetType().Name}: {e.Message}");
        }

        return false;
    }
}
