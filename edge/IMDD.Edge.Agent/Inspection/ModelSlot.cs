using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Inference;
using IMDD.Inference.Bundles;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>
/// The place of the active model. A model is swapped in between two batches: whoever swaps waits for the batch under way, and no batch
/// waits for a model to load.
/// </summary>
internal sealed class ModelSlot : IDisposable
{
    private readonly Lock _lock = new();
    private ISegmenter? _segmenter;

    /// <summary>The model in the slot, or null.</summary>
    public ModelReference? Model { get; private set; }

    /// <summary>The execution provider in use, or null.</summary>
    public string? ExecutionProvider { get; private set; }

    /// <summary>True when the model compares each frame with a known-good picture.</summary>
    public bool TakesReference { get; private set; }

    /// <summary>Puts a model, already warm, into the slot; returns the one that was there, for the caller to keep or dispose.</summary>
    public ISegmenter? Swap(ISegmenter? next)
    {
        lock (_lock)
        {
            var previous = _segmenter;
            _segmenter = next;
            Model = next is null ? null : new ModelReference(next.Manifest.Name, next.Manifest.Version, next.Digest);
            ExecutionProvider = next?.ExecutionProvider;
            TakesReference = next?.Manifest.TakesReference() == true;
            return previous;
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
    public bool TryUse(Action<ISegmenter, ModelReference> use)
    {
        lock (_lock)
        {
            if (_segmenter is null)
            {
                return false;
            }

            use(_segmenter, Model!);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Swap(null)?.Dispose();
}
