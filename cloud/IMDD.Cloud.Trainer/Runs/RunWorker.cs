using System.Data.Common;
using IMDD.Cloud.Trainer.State;
using IMDD.Dapr.Notices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Trainer.Runs;

/// <summary>Looks whether a run is due, and takes up the one that there is unless another instance has it.</summary>
internal sealed class RunWorker(
    RunTriggers triggers, RunBook book, RunLease lease, RunGuard guard, RunExecutor executor, INotices notices, IOptions<TrainerOptions> options, TimeProvider time,
    ILogger<RunWorker> logger)
    : BackgroundService
{
    // Made with the worker: the sidecar asks once, when the service begins to listen, which notices are wanted.
    private readonly NoticeBell _labels = new(notices, NoticeTopics.LabelsAgreed, time);

    public override void Dispose()
    {
        _labels.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await TurnAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (IsOfTheDatabase(e))
            {
                Log.WorkerFailed(logger, e.GetBaseException().Message);
            }

            await _labels.WaitAsync(options.Value.PollPeriod, stoppingToken);
        }
    }

    /// <summary>One turn: to the end of a run, where there is one to take up.</summary>
    public async Task TurnAsync(CancellationToken stopping)
    {
        await triggers.CheckAsync(stopping);
        if (book.Open() is { } run && await guard.TryTakeAsync(stopping) is { } token)
        {
            await WorkAsync(run, token, stopping);
        }
    }

    private async Task WorkAsync(RunRow run, long token, CancellationToken stopping)
    {
        try
        {
            await using LeaseKeeper keeper = new(lease, book, run.Id, token, options.Value, time);
            await executor.ExecuteAsync(run.Id, keeper, stopping);
        }
        catch (LeaseLostException)
        {
            Log.LeaseLost(logger, run.Id, token);
            return;
        }
        finally
        {
            // Only while it is still this token's.
            lease.Release(token);
        }
    }

    private static bool IsOfTheDatabase(Exception e)
        => e is DbException or DbUpdateException or TimeoutException or InvalidOperationException { InnerException: DbException };
}
