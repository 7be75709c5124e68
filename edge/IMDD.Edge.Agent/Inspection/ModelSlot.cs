using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Inference;
using IMDD.Inference.Bundles;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>
/// The place of the model that decides on the frames of a group of cameras. A model is swapped in between two batches: whoever swaps waits for the batch under way, and no batch
/// waits for a model to load.
/// </summary>
internal sealed class ModelSlot : IDisposable
{
    private readonly Lock _lock = new();
    private ISegmenter? _segmenter;
    private long _failures;
    private SeenFrame? _lastFrame;
    private readonly Dictionary<string, long> _failedByClass = new(StringComparer.Ordinal);
    private long _frames;
    private long _failed;
    private long _undecided;

    /// <summary>The model in the slot, or null.</summary>
    public ModelReference? Model { get; private set; }

    /// <summary>Its manifest, or null.</summary>
    public BundleManifest? Manifest { get; private set; }

    /// <summary>Why there is no model, or null.</summary>
    public string? Fault { get; private set; }

    /// <summary>The execution provider in use, or null.</summary>
    public string? ExecutionProvider { get; private set; }

    /// <summary>True when the model compares each frame with a known-good picture.</summary>
    public bool TakesReference { get; private set; }

    /// <summary>Frames that the model in the slot has failed on, by themselves, since it was put there.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>The last frame that was inspected; null: none yet.</summary>
    public SeenFrame? LastFrame
    {
        get
        {
            lock (_lock)
            {
                return _lastFrame;
            }
        }
    }

    /// <summary>Puts a model, already warm, into the slot; returns the one that was there, for the caller to keep or dispose.</summary>
    /// <param name="next">The model; null: none.</param>
    /// <param name="name">Where it lies on disk, <c>A</c> or <c>B</c>.</param>
    /// <param name="together">What changes with it, between the same two batches; must be quick and not throw.</param>
    /// <param name="fault">Why there is none.</param>
    public ISegmenter? Swap(ISegmenter? next, string name, Action? together = null, string? fault = null)
    {
        lock (_lock)
        {
            together?.Invoke();
            var previous = _segmenter;
            _segmenter = next;
            Model = next is null ? null : new ModelReference(next.Manifest.Name, next.Manifest.Version, next.Digest, name);
            Manifest = next?.Manifest;
            Fault = fault;
            ExecutionProvider = next?.ExecutionProvider;
            TakesReference = next?.Manifest.TakesReference() == true;
            Interlocked.Exchange(ref _failures, 0);
            (_frames, _failed, _undecided) = (0, 0, 0);
            _failedByClass.Clear();
            return previous;
        }
    }

    /// <summary>Changes something that a batch must see one way, while none is under way. Must be quick.</summary>
    public void BetweenBatches(Action change)
    {
        lock (_lock)
        {
            change();
        }
    }

    /// <summary>The model in the slot has failed on a frame by itself. Within <see cref="TryUse"/>.</summary>
    public void Failed() => Interlocked.Increment(ref _failures);

    /// <summary>The model in the slot has judged a frame of the line. Within <see cref="TryUse"/>.</summary>
    public void Judged(Decision decision)
    {
        _frames++;
        switch (decision.Verdict)
        {
            case Verdict.Fail:
                _failed++;
                foreach (var name in VerdictTally.ClassesOf(decision))
                {
                    _failedByClass[name] = _failedByClass.GetValueOrDefault(name) + 1;
                }

                break;
            case Verdict.Undecided:
                _undecided++;
                break;
            default:
                break;
        }
    }

    /// <summary>What the model in the slot has said since it was put there.</summary>
    public VerdictTally Tally()
    {
        lock (_lock)
        {
            return new VerdictTally(_frames, _failed, _undecided, new Dictionary<string, long>(_failedByClass, StringComparer.Ordinal));
        }
    }

    /// <summary>True when the model has a class of this id.</summary>
    public bool Knows(string classId)
    {
        lock (_lock)
        {
            return classId == BundleClass.UnknownDefect || _segmenter?.Manifest.Classes.Any(c => c.Id == classId) == true;
        }
    }

    /// <summary>Runs <paramref name="use"/> with the model, alone; false when there is none. What the model returns is valid only within.</summary>
    /// <param name="frame">What the frames of the batch are like.</param>
    /// <param name="use">Takes the model.</param>
    public bool TryUse(SeenFrame frame, Action<ISegmenter, ModelReference> use)
    {
        lock (_lock)
        {
            _lastFrame = frame;
            if (_segmenter is null)
            {
                return false;
            }

            use(_segmenter, Model!);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Swap(null, "")?.Dispose();
}
