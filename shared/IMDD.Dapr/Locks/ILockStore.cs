namespace IMDD.Dapr.Locks;

/// <summary>
/// Locks by name that end by themselves. A lock alone stops nobody who was paused past its end: what is done under it has to show a fencing
/// token, or be harmless when done twice.
/// </summary>
public interface ILockStore
{
    /// <summary>Takes a lock that nobody holds, this owner included; false where somebody does.</summary>
    /// <param name="resource">What is locked.</param>
    /// <param name="owner">Who locks it.</param>
    /// <param name="expiry">After this it is free again, at least a second and rounded up to whole ones; it cannot be renewed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SidecarException">The store cannot be asked; the lock may have been taken all the same.</exception>
    Task<bool> TryLockAsync(string resource, string owner, TimeSpan expiry, CancellationToken cancellationToken);

    /// <summary>Gives a lock back; false where it was this owner's no more.</summary>
    /// <exception cref="SidecarException">The store cannot be asked.</exception>
    Task<bool> UnlockAsync(string resource, string owner, CancellationToken cancellationToken);
}
