using System.Globalization;
using IMDD.Cloud.Trainer.Registry;
using IMDD.Cloud.Trainer.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Training;
using IMDD.Learning.Datasets.Words;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Trainer.Runs;

/// <summary>Tells when a run is due by itself: enough new labels, enough of a new class, drift, the schedule.</summary>
internal sealed class RunTriggers(
    IDbContextFactory<TrainerDbContext> contexts, RunBook book, RegistryClient registry, IOptions<TrainerOptions> options, TimeProvider time)
{
    /// <summary>Start of the names under which drifts that stand are kept.</summary>
    public const string DriftName = "drift:";

    private const string ScheduleName = "run";

    /// <summary>Asks for a run where one is due.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var due = StartSchedule();
        if (book.Open() is not null || PauseEnds() is { } end && end > time.GetUtcNow())
        {
            return;
        }

        List<string> reasons = [];
        var pending = Pending();
        if (options.Value.NewLabels > 0 && pending.Count >= options.Value.NewLabels)
        {
            reasons.Add(TrainingReason.Labels);
        }

        if (options.Value.NewClassLabels > 0 && await HasNewClassAsync(ByClass(pending), cancellationToken))
        {
            reasons.Add(TrainingReason.NewClass);
        }

        if (options.Value.OnDrift && pending.Count >= options.Value.DriftLabels && HasDrifted())
        {
            reasons.Add(TrainingReason.Drift);
        }

        if (due is not null && due <= time.GetUtcNow())
        {
            reasons.Add(TrainingReason.Schedule);
        }

        if (reasons.Count > 0 && book.RequestByItself(reasons) is not null)
        {
            // However many times have passed meanwhile, they were one.
            SetSchedule(time.GetUtcNow());
        }
    }

    /// <summary>When the pause after the last run ends; null where there was none.</summary>
    public DateTimeOffset? PauseEnds()
    {
        using var context = contexts.CreateDbContext();
        return context.Runs.AsNoTracking().OrderByDescending(r => r.Sequence).FirstOrDefault(r => !r.IsOpen) is { } last
            ? last.Changed + options.Value.MinimumPause
            : null;
    }

    /// <summary>What there is to learn from.</summary>
    public TrainingSummary Summary()
    {
        using var context = contexts.CreateDbContext();
        var pending = Pending();
        return new TrainingSummary
        {
            Labels = context.Labels.Count(l => l.State == ConsensusState.Agreed),
            NewLabels = pending.Count,
            NewByClass = ByClass(pending),
            OpenRun = book.Open()?.Id,
            NextScheduled = StartSchedule(),
        };
    }

    /// <summary>Classes of each frame that was agreed on since the last snapshot, however the run of that one ended, unless it was cancelled.</summary>
    private List<string> Pending()
    {
        using var context = contexts.CreateDbContext();
        var seen = context.Runs.Where(r => r.SnapshotLabels != null && r.State != TrainingState.Cancelled).Max(r => r.SnapshotLabels) ?? 0;
        return [.. context.Labels.Where(l => l.State == ConsensusState.Agreed && l.Sequence > seen).Select(l => l.Classes)];
    }

    /// <summary>True where a drift stands that was raised since the last run was asked for.</summary>
    private bool HasDrifted()
    {
        using var context = contexts.CreateDbContext();
        var asked = context.Runs.AsNoTracking().Where(r => r.State != TrainingState.Cancelled).Max(r => (DateTimeOffset?)r.Requested);
        return Sql.Query(
            context, "SELECT name FROM schedule WHERE name LIKE {0} AND from_us > {1} LIMIT 1",
            [DriftName + "%", asked is { } last ? Timestamp.ToMicroseconds(last) : 0L]).Count > 0;
    }

    private static Dictionary<string, long> ByClass(IEnumerable<string> pending) => pending
        .SelectMany(classes => classes.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        .GroupBy(name => name, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => (long)g.Count(), StringComparer.Ordinal);

    private async Task<bool> HasNewClassAsync(Dictionary<string, long> byClass, CancellationToken cancellationToken)
    {
        var many = byClass.Where(c => c.Value >= options.Value.NewClassLabels).Select(c => Meaning(c.Key)).ToList();
        if (many.Count == 0)
        {
            return false;
        }

        try
        {
            var known = (await registry.ChampionClassesAsync(cancellationToken)).Select(Meaning).ToHashSet(StringComparer.Ordinal);
            return many.Exists(name => !known.Contains(name));
        }
        catch (RunFailedException)
        {
            // Without the registry nothing can be trained on either: it is asked again at the next turn.
            return false;
        }
    }

    private static string Meaning(string name) => Vocabulary.English.Resolve(name) ?? name;

    /// <summary>When the schedule next asks for a run, counted from its last, or from when it was first looked at.</summary>
    private DateTimeOffset? StartSchedule()
    {
        if (string.IsNullOrWhiteSpace(options.Value.Schedule))
        {
            return null;
        }

        using var context = contexts.CreateDbContext();
        Sql.Execute(
            context,
            "INSERT INTO schedule (name, from_us) VALUES ({0}, {1}) ON CONFLICT (name) DO NOTHING",
            [ScheduleName, Timestamp.ToMicroseconds(time.GetUtcNow())]);
        var from = Sql.Query(context, "SELECT from_us FROM schedule WHERE name = {0}", [ScheduleName])[0][0];
        return TrainingSchedule.Next(options.Value, Timestamp.FromMicroseconds(Convert.ToInt64(from, CultureInfo.InvariantCulture)));
    }

    private void SetSchedule(DateTimeOffset from)
    {
        using var context = contexts.CreateDbContext();
        Sql.Execute(context, "UPDATE schedule SET from_us = {0} WHERE name = {1}", [Timestamp.ToMicroseconds(from), ScheduleName]);
    }
}
