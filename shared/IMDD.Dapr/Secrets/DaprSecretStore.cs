namespace IMDD.Dapr.Secrets;

/// <summary>Secrets of the sidecar's secret store; one with several parts counts only where one part has its name.</summary>
internal sealed class DaprSecretStore(Sidecar sidecar, DaprOptions options, TimeProvider time) : ISecretStore
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    public string Description => $"the Dapr secret store {options.SecretStore}";

    public async Task<string?> FindAsync(string name, CancellationToken cancellationToken)
    {
        // Sidecar and service start together, and the service may be first.
        var from = time.GetTimestamp();
        while (!await sidecar.IsThereAsync(cancellationToken) && time.GetElapsedTime(from) < options.StartTimeout)
        {
            await Task.Delay(RetryDelay, time, cancellationToken);
        }

        var parts = await sidecar.CallAsync(
            $"read a secret from {options.SecretStore}", (client, limit) => client.GetSecretAsync(options.SecretStore, name, cancellationToken: limit), cancellationToken);
        return parts.TryGetValue(name, out var value) ? value : parts.Count == 1 ? parts.Values.Single() : null;
    }
}
