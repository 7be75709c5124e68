using System.Text.Json;
using IMDD.Cloud.Aggregator.Drift;
using IMDD.Cloud.Aggregator.State;
using IMDD.Cloud.Aggregator.Windows;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Queries;
using IMDD.Contracts.Topics;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Aggregator.Alarms;

/// <summary>Compares the alarms that should stand with those that do, and writes every change to the outbox in the same transaction.</summary>
internal sealed class AlarmSweeper(
    IDbContextFactory<AggregatorDbContext> contexts,
    CatchUp catchUp,
    InstanceIdentity instance,
    AggregatorTelemetry telemetry,
    IOptions<AggregatorOptions> options,
    TimeProvider time,
    ILogger<AlarmSweeper> logger)
{
    private readonly AlarmEvaluator _evaluator = new(options.Value.Alarms, options.Value.Drift);
    private readonly AlarmOptions _alarms = options.Value.Alarms;

    /// <summary>One turn. Not while this instance catches up: old windows would raise alarms of the past.</summary>
    public void Sweep()
    {
        if (catchUp.Elapsed < options.Value.Quiet)
        {
            return;
        }

        Dictionary<string, long> errors = new(StringComparer.Ordinal);
        Dictionary<string, DriftWindow> latest = new(StringComparer.Ordinal);
        foreach (var line in Lines())
        {
            errors[line] = SweepLine(line, time.GetUtcNow(), latest);
        }

        telemetry.SetConservationErrors(errors);
        telemetry.SetDrift(latest);
    }

    private List<string> Lines()
    {
        using var context = contexts.CreateDbContext();
        return [.. context.Lines.Select(row => row.Line).OrderBy(line => line)];
    }

    private long SweepLine(string line, DateTimeOffset now, Dictionary<string, DriftWindow> latest)
    {
        // Asked without the lock first: a line where nothing changes costs no transaction.
        using (var look = contexts.CreateDbContext())
        {
            var (seen, imbalance) = Judge(look, line, now, latest);
            if (seen.Count == 0 && !look.ChangeTracker.HasChanges())
            {
                return imbalance;
            }
        }

        using var context = contexts.CreateDbContext();
        using var transaction = context.Database.BeginTransaction();
        LineLock.Take(context, [line]);
        var (changed, error) = Judge(context, line, now, latest);
        foreach (var row in changed)
        {
            Emit(context, row, now);
        }

        context.SaveChanges();
        transaction.Commit();
        foreach (var row in changed)
        {
            Tell(row);
        }

        return error;
    }

    /// <summary>Brings the line's alarms to what they should be; those that changed, and the line's conservation error in frames.</summary>
    private (List<AlarmRow> Changed, long Error) Judge(
        AggregatorDbContext context, string line, DateTimeOffset now, Dictionary<string, DriftWindow> latest)
    {
        var snapshot = Snapshot(context, line, now);
        foreach (var (camera, windows) in snapshot.Drift.Where(d => d.Value.Count > 0))
        {
            latest[$"{line}/{camera}"] = windows[^1];
        }

        var wanted = _evaluator.Evaluate(snapshot).ToDictionary(c => c.Alarm, StringComparer.Ordinal);
        var rows = context.Alarms.Where(row => row.Line == line).ToDictionary(row => row.Alarm, StringComparer.Ordinal);
        List<AlarmRow> changed = [];
        foreach (var condition in wanted.Values)
        {
            if (!rows.TryGetValue(condition.Alarm, out var row))
            {
                row = new AlarmRow { Line = line, Alarm = condition.Alarm, State = AlarmEvent.Cleared, Severity = "", Message = "" };
                context.Alarms.Add(row);
            }

            if (row.State != AlarmEvent.Raised)
            {
                Raise(row, condition, now);
                changed.Add(row);
            }
        }

        foreach (var row in rows.Values.Where(row => row.State == AlarmEvent.Raised && !wanted.ContainsKey(row.Alarm)))
        {
            row.State = AlarmEvent.Cleared;
            row.Since = now;
            changed.Add(row);
        }

        return (changed, snapshot.Imbalances.Values.Sum(Math.Abs));
    }

    private static void Raise(AlarmRow row, AlarmCondition condition, DateTimeOffset now)
    {
        row.State = AlarmEvent.Raised;
        row.Severity = JsonNamingPolicy.CamelCase.ConvertName(condition.Severity.ToString());
        row.Message = condition.Message;
        row.WindowStart = condition.WindowStart;
        row.Value = condition.Value;
        row.LimitValue = condition.Limit;
        row.Since = now;
    }

    private void Tell(AlarmRow row)
    {
        if (row.State == AlarmEvent.Raised)
        {
            Log.AlarmRaised(logger, row.Alarm, row.Line, row.Message);
        }
        else
        {
            Log.AlarmCleared(logger, row.Alarm, row.Line);
        }
    }

    private void Emit(AggregatorDbContext context, AlarmRow row, DateTimeOffset now)
    {
        EventContext about = new() { Source = EventSource.Aggregator(row.Line, instance.Name), Time = row.Since, RecordedTime = now };
        var cloudEvent = AlarmEvent.Create(AlarmMapping.ToEvent(row), about);
        Outbox.Add(context, KafkaTopics.Alarm, cloudEvent, now);
    }

    private LineSnapshot Snapshot(AggregatorDbContext context, string line, DateTimeOffset now)
    {
        var boots = context.CameraBoots.Where(row => row.Line == line).ToList();
        var states = context.EdgeStates.AsNoTracking().Where(row => row.Line == line).ToList();
        Dictionary<string, long> imbalances = new(StringComparer.Ordinal);
        foreach (var boot in boots)
        {
            if (ConservationCheck.Update(boot, now, _alarms.ConservationGrace) is var frames && frames != 0)
            {
                var name = WithinLine(boot.Camera, line);
                imbalances[name] = imbalances.GetValueOrDefault(name) + frames;
            }
        }

        return new LineSnapshot
        {
            Line = line,
            Minutes = Minutes(context, line, now),
            LastOutcomes = boots.Where(row => row.LastOutcome is not null)
                .GroupBy(row => WithinLine(row.Camera, line), StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.Max(row => row.LastOutcome!.Value), StringComparer.Ordinal),
            Cameras = states.Where(row => row.Kind == EdgeStateRow.CameraKind).ToDictionary(
                row => WithinLine(row.Place, line), row => ImddJsonText.Read<CameraState>(row.Data), StringComparer.Ordinal),
            Agents = states.Where(row => row.Kind == EdgeStateRow.AgentKind).Select(row => (row.Place, State: ImddJsonText.Read<AgentState>(row.Data))).ToDictionary(
                agent => $"{WithinLine(agent.Place, line)}/{agent.State.Agent}", agent => agent.State, StringComparer.Ordinal),
            Imbalances = imbalances,
            Drift = DriftHistory.Current(context.DriftReferences.AsNoTracking().Where(row => row.Line == line).ToList()).ToDictionary(
                row => WithinLine(row.Camera, line), row => DriftHistory.Judged(context, row, DriftBook.JudgedWindows), StringComparer.Ordinal),
        };
    }

    private List<MinuteCounts> Minutes(AggregatorDbContext context, string line, DateTimeOffset now)
    {
        var completeUntil = now - _alarms.Delay - TimeSpan.FromSeconds(WindowSize.Minute);
        return
        [
            .. context.Windows.AsNoTracking().Where(row => row.Line == line && row.Seconds == WindowSize.Minute)
                .OrderByDescending(row => row.Start).Take(_alarms.BaselineWindows + PChartCalculator.RunLength + 1)
                .Select(row => new { row.Start, row.Passed, row.Failed, row.Undecided })
                .AsEnumerable()
                .Select(row => new MinuteCounts(row.Start, row.Passed, row.Failed, row.Undecided, row.Start <= completeUntil))
                .Reverse(),
        ];
    }

    private static string WithinLine(string place, string line) => place[(line.Length + 1)..];
}
