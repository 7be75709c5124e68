namespace IMDD.Dapr.Locks;

/// <summary>Locks among those who share this object.</summary>
internal sealed class InProcessLockStore(TimeProvider time) : ILockStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Owner, DateTimeOffset Until)> _held = new(StringComparer.Ordinal);

    public Task<bool> TryLockAsync(string resource, string owner, TimeSpan expiry, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_held.TryGetValue(resource, out var held) && held.Until > now)
            {
                return Task.FromResult(false);
            }

            _held[resource] = (owner, now.AddSeconds(LockExpiry.SecondsOf(expiry)));
            return Task.FromResult(true);
        }
    }

    public Task<bool> UnlockAsync(string resource, string owner, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var isHeld = _held.TryGetValue(resource, out var held) && held.Owner == owner && held.Until > time.GetUtcNow();
            return Task.FromResult(isHeld && _held.Remove(resource));
        }
    }
}
