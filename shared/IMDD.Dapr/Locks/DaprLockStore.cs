using Dapr.Client;
using Microsoft.Extensions.Options;

namespace IMDD.Dapr.Locks;

/// <summary>Locks among all who use the sidecar's lock store.</summary>
internal sealed class DaprLockStore(Sidecar sidecar, IOptions<DaprOptions> options) : ILockStore
{
    private string Store => options.Value.LockStore;

    public async Task<bool> TryLockAsync(string resource, string owner, TimeSpan expiry, CancellationToken cancellationToken)
    {
        // Not disposed: its end would give the lock back.
        var answer = await sidecar.CallAsync(
            $"lock '{resource}' in {Store}",
            (client, limit) => client.Lock(Store, resource, owner, LockExpiry.SecondsOf(expiry), limit),
            cancellationToken);
        return answer.Success;
    }

    public async Task<bool> UnlockAsync(string resource, string owner, CancellationToken cancellationToken)
    {
        var answer = await sidecar.CallAsync(
            $"unlock '{resource}' in {Store}", (client, limit) => client.Unlock(Store, resource, owner, limit), cancellationToken);
        return answer.status switch
        {
            LockStatus.Success => true,
            LockStatus.LockDoesNotExist or LockStatus.LockBelongsToOthers => false,
            var status => throw new SidecarException($"unlock '{resource}' in {Store}", status.ToString()),
        };
    }
}
