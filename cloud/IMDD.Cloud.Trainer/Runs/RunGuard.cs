using IMDD.Dapr;
using IMDD.Dapr.Locks;
using IMDD.Dapr.State;
using IMDD.Relational;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Trainer.Runs;

/// <summary>
/// Takes the lease of the database under a lock and above every token that any trainer of the model has had. The lease alone fences those who share
/// the database; where a sidecar's stores are shared, a trainer on another database, or on a copy restored from an old one, is fenced too. The lock
/// ends by itself and cannot be renewed, so that it covers the taking alone: what holds for the run is the lease and its token.
/// </summary>
internal sealed class RunGuard(
    RunLease lease, ILockStore locks, IStateStore state, InstanceIdentity instance, IOptions<TrainerOptions> options, ILogger<RunGuard> logger)
{
    private bool _isAway;

    private string Resource => $"trainer.run.{options.Value.Model}";

    private string TokenKey => $"trainer.token.{options.Value.Model}";

    /// <summary>The token; null while another holds the lease, or where it cannot be found out: then no run is begun.</summary>
    public async Task<long?> TryTakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            // An owner of its own for each attempt: two instances may have one name.
            var owner = $"{instance.Name}/{Guid.NewGuid():N}";
            if (!await locks.TryLockAsync(Resource, owner, options.Value.LeaseTime, cancellationToken))
            {
                return null;
            }

            long? token;
            try
            {
                token = await TakeAboveAsync(cancellationToken);
            }
            finally
            {
                await UnlockAsync(owner);
            }

            _isAway = false;
            return token;
        }
        catch (SidecarException e)
        {
            if (!_isAway)
            {
                Log.GuardUnavailable(logger, e.Message);
            }

            _isAway = true;
            return null;
        }
    }

    private async Task<long?> TakeAboveAsync(CancellationToken cancellationToken)
    {
        var last = await state.GetAsync<long>(TokenKey, cancellationToken);
        if (lease.TryTake(last?.Value ?? 0) is not { } token)
        {
            return null;
        }

        var isKept = false;
        try
        {
            // Refused where somebody was paused past the lock's end meanwhile, or was faster after it.
            isKept = await state.TrySaveAsync(TokenKey, token, last?.ETag, cancellationToken);
        }
        finally
        {
            if (!isKept)
            {
                lease.Release(token);
            }
        }

        return isKept ? token : null;
    }

    private async Task UnlockAsync(string owner)
    {
        try
        {
            await locks.UnlockAsync(Resource, owner, CancellationToken.None);
        }
        catch (SidecarException)
        {
            // It ends by itself.
            return;
        }
    }
}
