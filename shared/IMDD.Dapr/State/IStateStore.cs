namespace IMDD.Dapr.State;

/// <summary>Small values by key that several instances change; who saves says which version it has read.</summary>
public interface IStateStore
{
    /// <summary>The value with its version; null where there is none.</summary>
    /// <exception cref="SidecarException">The store cannot be asked.</exception>
    Task<StateEntry<T>?> GetAsync<T>(string key, CancellationToken cancellationToken);

    /// <summary>Saves a value in place of the version that was read; false where another has been saved since.</summary>
    /// <param name="key">Key.</param>
    /// <param name="value">What is saved, as JSON.</param>
    /// <param name="etag">The version that was read; null: only where there is no value yet.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SidecarException">The store cannot be asked; the value may have been saved all the same.</exception>
    Task<bool> TrySaveAsync<T>(string key, T value, string? etag, CancellationToken cancellationToken);
}
