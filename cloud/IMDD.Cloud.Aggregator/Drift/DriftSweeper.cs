using IMDD.Cloud.Aggregator.State;
using IMDD.Cloud.Aggregator.Windows;
using IMDD.Contracts.Events;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Aggregator.Drift;

/// <summary>
/// Adds windows that came in to their camera's reference while that is not complete, and compares the others with it. Every instance does it for every line; the
/// line's lock makes the second find nothing left.
/// </summary>
internal sealed class DriftSweeper(IDbContextFactory<AggregatorDbContext> contexts, IOptions<AggregatorOptions> options, TimeProvider time)
{
    private static readonly TimeSpan PrunePeriod = TimeSpan.FromMinutes(5);

    // A window with a reference to permute takes milliseconds; a few at a time keep the line's lock short.
    private const int WindowsPerTransaction = 50;

    private readonly DriftOptions _options = options.Value.Drift;
    private readonly DriftScorer _scorer = new(options.Value.Drift);
    private DateTimeOffset _lastPrune;

    /// <summary>One turn.</summary>
    public void Sweep()
    {
        foreach (var line in DueLines())
        {
            while (SweepLine(line) == WindowsPerTransaction)
            {
                // More of them wait.
            }
        }

        var now = time.GetUtcNow();
        if (now - _lastPrune >= PrunePeriod)
        {
            Prune(now - _options.Retention);
            _lastPrune = now;
        }
    }

    private List<string> DueLines()
    {
        using var context = contexts.CreateDbContext();
        return [.. context.DriftWindows.Where(row => row.Pending).Select(row => row.Line).Distinct().OrderBy(line => line)];
    }

    private int SweepLine(string line)
    {
        using var context = contexts.CreateDbContext();
        using var transaction = context.Database.BeginTransaction();
        LineLock.Take(context, [line]);
        var rows = context.DriftWindows.Where(row => row.Pending && row.Line == line).OrderBy(row => row.End).ThenBy(row => row.Id).Take(WindowsPerTransaction).ToList();
        foreach (var row in rows)
        {
            Take(ReferenceOf(context, row), row);
            (row.Pending, row.Data) = (false, null);
        }

        context.SaveChanges();
        transaction.Commit();
        return rows.Count;
    }

    private static DriftReferenceRow ReferenceOf(AggregatorDbContext context, DriftWindowRow row)
    {
        var reference = context.DriftReferences.Find(row.Camera, row.ModelDigest);
        if (reference is null)
        {
            // A baseline that a person has asked for stands over what a later release carries on from before it.
            var asked = context.DriftReferences.Where(other => other.Camera == row.Camera).OrderByDescending(other => other.Epoch).FirstOrDefault();
            reference = new DriftReferenceRow
            {
                Camera = row.Camera,
                ModelDigest = row.ModelDigest,
                Line = row.Line,
                Since = asked is { Epoch: > 0 } ? asked.Since : DateTimeOffset.UnixEpoch,
                Latest = row.End,
                Epoch = asked?.Epoch ?? 0,
            };
            context.DriftReferences.Add(reference);
        }

        return reference;
    }

    private void Take(DriftReferenceRow reference, DriftWindowRow row)
    {
        var window = ImddJsonText.Read<CameraStatistics>(row.Data!);
        if (window.Reference is { } said && reference.Bundle is null && reference.Epoch == 0)
        {
            reference.Bundle = ImddJsonText.Write(said);
        }

        reference.Latest = row.End > reference.Latest ? row.End : reference.Latest;
        row.Epoch = reference.Epoch;
        if (row.Frames < _options.MinFrames || row.Start < reference.Since || window.Sketch.BinsVersion != StatisticBins.Version)
        {
            return;
        }

        var own = reference.Sketch is { } sketch ? ImddJsonText.Read<StatisticsSketch>(sketch) : null;
        var isComplete = reference.Frames >= _options.ReferenceFrames && reference.Windows >= _options.ReferenceWindows;
        if (!isComplete)
        {
            reference.Sketch = ImddJsonText.Write(SketchSum.Of(own, window.Sketch));
            reference.Frames += row.Frames;
            reference.Windows++;
        }

        var bundle = reference.Bundle is { } json ? ImddJsonText.Read<StatisticsSketch>(json) : null;
        var scores = _scorer.Compare(window.Sketch, isComplete ? own : null, bundle, SeedOf(row));
        row.Scores = scores.Count == 0 ? null : ImddJsonText.Write(scores);
    }

    /// <summary>The same for the same window, wherever it is compared.</summary>
    private static int SeedOf(DriftWindowRow row) => (int)(row.Start.UtcTicks / TimeSpan.TicksPerMicrosecond);

    private void Prune(DateTimeOffset before)
    {
        using var context = contexts.CreateDbContext();
        context.DriftWindows.Where(row => !row.Pending && row.End < before).ExecuteDelete();
        context.DriftReferences.Where(row => row.Latest < before).ExecuteDelete();
    }
}
