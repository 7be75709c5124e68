using IMDD.Cloud.Aggregator.Queries;
using IMDD.Cloud.Aggregator.State;
using IMDD.Cloud.Aggregator.Windows;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Queries;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Aggregator.Drift;

/// <summary>What people ask of drift, and ask for.</summary>
internal sealed class DriftBook(IDbContextFactory<AggregatorDbContext> contexts, IOptions<AggregatorOptions> options, TimeProvider time)
{
    /// <summary>Windows that an alarm is judged by.</summary>
    public const int JudgedWindows = 64;

    private const int MostWindows = 2000;

    private readonly DriftOptions _options = options.Value.Drift;

    /// <summary>Each camera's windows in a span.</summary>
    public IReadOnlyList<DriftReport> Reports(string? line, WindowSpan span)
    {
        using var context = contexts.CreateDbContext();
        var references = context.DriftReferences.AsNoTracking().Where(row => line == null || row.Line == line).ToList();
        return [.. DriftHistory.Current(references).Select(reference => Report(context, reference, span))];
    }

    /// <summary>Makes the camera's next frames its reference, for every model that saw it; false where none did.</summary>
    public bool Rebaseline(RebaselineDrift request)
    {
        var camera = CameraPath.Parse(request.Camera);
        var now = time.GetUtcNow();
        using var context = contexts.CreateDbContext();
        using var transaction = context.Database.BeginTransaction();
        LineLock.Take(context, [camera.Asset.LinePath]);
        var path = camera.ToString();
        var rows = context.DriftReferences.Where(row => row.Camera == path).ToList();
        foreach (var row in rows)
        {
            row.Epoch++;
            row.Since = now;
            (row.Frames, row.Windows, row.Sketch, row.Bundle) = (0, 0, null, null);
        }

        context.SaveChanges();
        AuditLog.Append(
            context, request.By, AuditAction.RebaselineDrift, path, rows.Count > 0 ? AuditOutcome.Done : AuditOutcome.Refused,
            rows.Count > 0 ? request.Reason : "Nothing is known of its statistics.", now);
        transaction.Commit();
        return rows.Count > 0;
    }

    /// <summary>Who asked for a new reference.</summary>
    public AuditPage Audit(long after, int limit)
    {
        using var context = contexts.CreateDbContext();
        return AuditLog.Read(context, after, limit);
    }

    private DriftReport Report(AggregatorDbContext context, DriftReferenceRow reference, WindowSpan span)
    {
        var windows = context.DriftWindows.AsNoTracking()
            .Where(row => row.Camera == reference.Camera && row.ModelDigest == reference.ModelDigest && row.Scores != null && row.End >= span.From && row.End < span.To)
            .OrderByDescending(row => row.End).ThenByDescending(row => row.Id).Take(MostWindows).AsEnumerable().Reverse().Select(DriftHistory.ToWindow).ToList();
        return new DriftReport
        {
            Camera = reference.Camera,
            ModelDigest = reference.ModelDigest,
            ReferenceFrames = reference.Frames,
            ReferenceNeeded = _options.ReferenceFrames,
            FromBundle = DriftScorer.NamesOf(reference.Bundle is { } bundle ? ImddJsonText.Read<StatisticsSketch>(bundle) : null),
            WatchLevel = _options.WatchLevel,
            DriftLevel = _options.DriftLevel,
            EmbeddingLevel = _options.EmbeddingLevel,
            Drifted = [.. DriftJudge.Standing(DriftHistory.Judged(context, reference, JudgedWindows), _options).Select(drift => drift.Statistic)],
            Windows = windows,
        };
    }
}
