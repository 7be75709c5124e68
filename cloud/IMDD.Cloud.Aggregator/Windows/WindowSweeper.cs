using IMDD.Cloud.Aggregator.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Aggregator.Windows;

/// <summary>
/// Writes changed windows to the outbox, closes windows whose lateness has passed, and forgets what is old. Every instance does it for
/// every line; the line's lock makes the second find nothing left.
/// </summary>
internal sealed class WindowSweeper(
    IDbContextFactory<AggregatorDbContext> contexts, CatchUp catchUp, InstanceIdentity instance, IOptions<AggregatorOptions> options, TimeProvider time)
{
    private static readonly TimeSpan PrunePeriod = TimeSpan.FromMinutes(5);

    // A line that was away for long has many windows to close: a few at a time keep the transactions short.
    private const int WindowsPerTransaction = 500;

    private DateTimeOffset _lastPrune;

    /// <summary>One turn.</summary>
    public void Sweep()
    {
        var now = time.GetUtcNow();
        foreach (var line in DueLines(now))
        {
            SweepLine(line, now);
        }

        if (now - _lastPrune >= PrunePeriod)
        {
            Prune(now);
            _lastPrune = now;
        }
    }

    /// <summary>Lines with something to write: asked without a lock, so that a line at rest costs one question and no transaction.</summary>
    private List<string> DueLines(DateTimeOffset now)
    {
        var minute = now - options.Value.Lateness - TimeSpan.FromSeconds(WindowSize.Minute);
        var hour = now - options.Value.Lateness - TimeSpan.FromSeconds(WindowSize.Hour);
        using var context = contexts.CreateDbContext();
        return
        [
            .. context.Windows
                .Where(row => row.Pending
                    && (row.Dirty || (row.Seconds == WindowSize.Minute && row.Start <= minute) || (row.Seconds == WindowSize.Hour && row.Start <= hour)))
                .Select(row => row.Line).Distinct().OrderBy(line => line),
        ];
    }

    private void SweepLine(string line, DateTimeOffset now)
    {
        var mayClose = catchUp.Elapsed >= options.Value.Quiet;
        using var context = contexts.CreateDbContext();
        using var transaction = context.Database.BeginTransaction();
        LineLock.Take(context, [line]);
        var rows = context.Windows.Where(row => row.Line == line && row.Pending).OrderBy(row => row.Start).ToList();
        foreach (var row in rows.Where(row => row.Dirty || (mayClose && IsOver(row, now))).Take(WindowsPerTransaction))
        {
            // What was counted into a window that had closed makes a correction; closing itself does not.
            row.Correction = row.Closed;
            row.Closed = row.Closed || (mayClose && IsOver(row, now));
            row.Revision++;
            row.Dirty = false;
            row.Pending = !row.Closed;
            row.Emitted = now;
            Emit(context, row, now);
        }

        context.SaveChanges();
        transaction.Commit();
    }

    private bool IsOver(WindowRow row, DateTimeOffset now)
        => row.Start.AddSeconds(row.Seconds) + options.Value.Lateness <= now && row.Changed + options.Value.Quiet <= now;

    private void Emit(AggregatorDbContext context, WindowRow row, DateTimeOffset now)
    {
        var cloudEvent = LineWindowEvent.Create(WindowMapping.ToEvent(row), EventSource.Aggregator(row.Line, instance.Name), now);
        Outbox.Replace(context, cloudEvent.Id, Outbox.RecordOf(KafkaTopics.ForWindow(row.Seconds), cloudEvent, now));
    }

    private void Prune(DateTimeOffset now)
    {
        using var context = contexts.CreateDbContext();
        foreach (var camera in context.Cameras.AsNoTracking().ToList())
        {
            Sql.Execute(
                context,
                "DELETE FROM seen WHERE camera_key = {0} AND time_us < {1}",
                [camera.Key, Timestamp.ToMicroseconds(camera.HighWater - options.Value.IdRetention)]);
        }

        PruneWindows(context, WindowSize.Minute, now - options.Value.MinuteRetention);
        PruneWindows(context, WindowSize.Hour, now - options.Value.HourRetention);

        // Boots of gateways that have long been followed by others.
        var boots = now - options.Value.MinuteRetention;
        context.CameraBoots.Where(row => row.Changed < boots).ExecuteDelete();
        foreach (var line in context.Lines.Select(row => row.Line).ToList())
        {
            var oldestKept = context.FailedFrames.Where(row => row.Line == line)
                .OrderByDescending(row => row.Time).Skip(options.Value.FailedFramesPerLine).Select(row => (DateTimeOffset?)row.Time).FirstOrDefault();
            if (oldestKept is { } until)
            {
                context.FailedFrames.Where(row => row.Line == line && row.Time <= until).ExecuteDelete();
            }
        }
    }

    private static void PruneWindows(AggregatorDbContext context, int seconds, DateTimeOffset before)
        => context.Windows.Where(row => row.Seconds == seconds && !row.Pending && row.Start < before).ExecuteDelete();
}
