using System.Reactive.Concurrency;
using System.Reactive.Linq;
using IMDD.Cloud.Aggregator.Alarms;
using IMDD.Cloud.Aggregator.Drift;
using IMDD.Cloud.Aggregator.Windows;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Aggregator;

/// <summary>Runs what happens by the clock: windows are written and closed, alarms raised and cleared.</summary>
internal sealed class PeriodicWorker(
    WindowSweeper windows, DriftSweeper drift, AlarmSweeper alarms, IScheduler scheduler, IOptions<AggregatorOptions> options, ILogger<PeriodicWorker> logger) : IHostedService
{
    private IDisposable? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var sweeps = Observable.Interval(options.Value.EmitPeriod, scheduler).Do(_ => Try("writing windows", windows.Sweep));
        var judgements = Observable.Interval(options.Value.Alarms.Period, scheduler).Do(_ => Judge());
        _subscription = sweeps.Merge(judgements).Subscribe();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        return Task.CompletedTask;
    }

    private void Judge()
    {
        Try("comparing statistics", drift.Sweep);
        Try("judging alarms", alarms.Sweep);
    }

    /// <summary>The database may be away, or another transaction may have won: the next turn does it.</summary>
    private void Try(string task, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            Log.PeriodicTaskFailed(logger, task, e.GetBaseException().Message);
        }
    }
}
