using System.Collections.Immutable;

namespace IMDD.Dapr.Notices;

/// <summary>Who listens to what in this process.</summary>
internal sealed class NoticeListeners
{
    private ImmutableList<(string Topic, Action Heard)> _listeners = [];

    /// <summary>Topics that somebody listens to.</summary>
    public IEnumerable<string> Topics => _listeners.Select(listener => listener.Topic).Distinct(StringComparer.Ordinal);

    public IDisposable Add(string topic, Action heard)
    {
        // Compared by reference when it is removed: the same method may listen twice.
        void Hear() => heard();
        (string, Action) listener = (topic, Hear);
        ImmutableInterlocked.Update(ref _listeners, all => all.Add(listener));
        return new Removal(() => ImmutableInterlocked.Update(ref _listeners, all => all.Remove(listener)));
    }

    public void Tell(string topic)
    {
        foreach (var (_, heard) in _listeners.Where(listener => listener.Topic == topic))
        {
            heard();
        }
    }

    private sealed class Removal(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }
}
