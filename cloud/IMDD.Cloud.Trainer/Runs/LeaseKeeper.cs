using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Trainer.Runs;

/// <summary>
/// Renews the lease while a run is worked on, and looks whether somebody wants the run cancelled. The lease counts as lost when the database says so,
/// and also when it could not be renewed in time: then another may have it already.
/// </summary>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _cancelled = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _work;

    public LeaseKeeper(RunLease lease, RunBook book, string run, long token, TrainerOptions options, TimeProvider time)
    {
        Token = token;
        _work = KeepAsync(lease, book, run, options, time);
    }

    public long Token { get; }

    /// <summary>Cancelled when the lease is lost.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Cancelled when somebody wants the run cancelled.</summary>
    public CancellationToken Cancelled => _cancelled.Token;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _work;
        _lost.Dispose();
        _cancelled.Dispose();
        _end.Dispose();
    }

    private async Task KeepAsync(RunLease lease, RunBook book, string run, TrainerOptions options, TimeProvider time)
    {
        var period = options.PollPeriod < options.LeaseTime / 3 ? options.PollPeriod : options.LeaseTime / 3;
        var renewed = time.GetTimestamp();
        while (!_end.IsCancellationRequested)
        {
            await Task.Delay(period, time, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_end.IsCancellationRequested)
            {
                return;
            }

            // Looked at before the database is asked: whoever was paused past the lease may not take it up again.
            var isLate = time.GetElapsedTime(renewed) >= options.LeaseTime;
            try
            {
                var asked = time.GetTimestamp();
                if (isLate || !lease.Renew(Token))
                {
                    await _lost.CancelAsync();
                    return;
                }

                renewed = asked;
                if (book.IsCancelAsked(run))
                {
                    await _cancelled.CancelAsync();
                }
            }
            catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or InvalidOperationException { InnerException: DbException })
            {
                // Tried again until the lease has run out.
                continue;
            }
        }
    }
}
