using Dapr.Client;
using Microsoft.Extensions.Options;

namespace IMDD.Dapr.State;

/// <summary>Keeps values in the sidecar's state store, which has to compare ETags itself.</summary>
internal sealed class DaprStateStore(Sidecar sidecar, IOptions<DaprOptions> options) : IStateStore
{
    private static readonly StateOptions FirstWrite = new() { Concurrency = ConcurrencyMode.FirstWrite, Consistency = ConsistencyMode.Strong };

    private string Store => options.Value.StateStore;

    public async Task<StateEntry<T>?> GetAsync<T>(string key, CancellationToken cancellationToken)
    {
        var (value, etag) = await sidecar.CallAsync(
            $"read '{key}' from {Store}",
            (client, limit) => client.GetStateAndETagAsync<T>(Store, key, ConsistencyMode.Strong, cancellationToken: limit),
            cancellationToken);

        // A key that is not there has no version; a value type would be its default.
        return string.IsNullOrEmpty(etag) ? null : new StateEntry<T>(value, etag);
    }

    public Task<bool> TrySaveAsync<T>(string key, T value, string? etag, CancellationToken cancellationToken)
        => sidecar.CallAsync(
            $"save '{key}' to {Store}",
            (client, limit) => client.TrySaveStateAsync(Store, key, value, etag ?? "", FirstWrite, cancellationToken: limit),
            cancellationToken);
}
