using System.Reactive.Subjects;

namespace IMDD.Cloud.Dashboard.State;

/// <summary>Holds the current snapshot and tells who looks when there is a new one. Thread-safe.</summary>
public sealed class PlantStore : IDisposable
{
    private readonly Lock _gate = new();
    private readonly BehaviorSubject<PlantSnapshot> _changes = new(new PlantSnapshot());

    /// <summary>The newest snapshot.</summary>
    public PlantSnapshot Current => _changes.Value;

    /// <summary>The current snapshot and every later one, in order.</summary>
    public IObservable<PlantSnapshot> Changes => _changes;

    /// <summary>Replaces the snapshot by <paramref name="reduce"/> of it; nobody is told when that is the same one.</summary>
    public void Update(Func<PlantSnapshot, PlantSnapshot> reduce)
    {
        lock (_gate)
        {
            var before = _changes.Value;
            var after = reduce(before);
            if (!ReferenceEquals(before, after))
            {
                _changes.OnNext(after);
            }
        }
    }

    /// <summary>A failed frame that is still kept, or null.</summary>
    public FailedFrameView? FindFailedFrame(string outcomeId)
    {
        foreach (var frame in Current.FailedFrames)
        {
            if (frame.OutcomeId == outcomeId)
            {
                return frame;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();
}
