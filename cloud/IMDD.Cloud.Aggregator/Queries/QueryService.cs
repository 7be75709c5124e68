using IMDD.Cloud.Aggregator.Alarms;
using IMDD.Cloud.Aggregator.State;
using IMDD.Cloud.Aggregator.Windows;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Aggregator.Queries;

/// <summary>Answers questions from the state. What it says is what was committed, whichever instance is asked.</summary>
internal sealed class QueryService(IDbContextFactory<AggregatorDbContext> contexts, IOptions<AggregatorOptions> options, TimeProvider time)
{
    private readonly AlarmOptions _alarms = options.Value.Alarms;

    public async Task<bool> KnowsLineAsync(string line, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Lines.AnyAsync(row => row.Line == line, cancellationToken);
    }

    public async Task<IReadOnlyList<LineOverview>> LinesAsync(WindowSpan lastHour, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var lines = await context.Lines.AsNoTracking().OrderBy(row => row.Line).ToListAsync(cancellationToken);
        var cameras = await context.Cameras.GroupBy(row => row.Line).Select(g => new { Line = g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Line, g => g.Count, cancellationToken);
        var alarms = await context.Alarms.Where(row => row.State == AlarmEvent.Raised)
            .GroupBy(row => row.Line).Select(g => new { Line = g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Line, g => g.Count, cancellationToken);
        var windows = (await WindowsOf(context, null, lastHour).ToListAsync(cancellationToken)).ToLookup(row => row.Line, StringComparer.Ordinal);
        return
        [
            .. lines.Select(row => new LineOverview
            {
                Line = row.Line,
                LastOutcomeTime = row.LastOutcome,
                Cameras = cameras.GetValueOrDefault(row.Line),
                RaisedAlarms = alarms.GetValueOrDefault(row.Line),
                LastHour = Summarize(row.Line, lastHour, windows[row.Line]),
            }),
        ];
    }

    public async Task<AggregateTotals> TotalsAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var lines = await context.Lines.AsNoTracking().ToListAsync(cancellationToken);
        var duplicates = await context.Partitions.SumAsync(row => row.Duplicates, cancellationToken);
        var deadLettered = await context.Partitions.SumAsync(row => row.DeadLettered, cancellationToken);
        VerdictCounts counts = new();
        foreach (var line in lines)
        {
            counts.Add(line.Passed, line.Failed, line.Undecided);
            CountsJson.ReadReasons(line.Reasons, counts);
        }

        var simulated = lines.Sum(line => line.Simulated);
        return new AggregateTotals
        {
            Outcomes = counts.Total + simulated,
            Passed = counts.Passed,
            Failed = counts.Failed,
            Undecided = counts.Undecided,
            UndecidedByReason = counts.Reasons,
            Simulated = simulated,
            Duplicates = duplicates,
            DeadLettered = deadLettered,
        };
    }

    public async Task<LineSummary> SummaryAsync(string? line, WindowSpan span, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return Summarize(line, span, await WindowsOf(context, line, span).ToListAsync(cancellationToken));
    }

    public async Task<WindowRange> WindowsAsync(string line, WindowSpan span, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await WindowsOf(context, line, span).ToListAsync(cancellationToken);
        return new WindowRange { Line = line, WindowSeconds = span.Seconds, From = span.From, To = span.To, Windows = [.. rows.Select(WindowMapping.ToEvent)] };
    }

    public async Task<ParetoChart> ParetoAsync(string? line, WindowSpan span, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        VerdictCounts counts = new();
        foreach (var row in await WindowsOf(context, line, span).ToListAsync(cancellationToken))
        {
            CountsJson.ReadPareto(row.Pareto, counts);
        }

        var total = counts.Pareto.Sum(entry => entry.Count);
        List<ParetoBar> bars = [];
        long sum = 0;
        foreach (var (name, severity, count) in counts.Pareto)
        {
            sum += count;
            bars.Add(new ParetoBar(name, severity, count, (double)count / total, (double)sum / total));
        }

        return new ParetoChart { Line = line, From = span.From, To = span.To, Regions = total, Bars = bars };
    }

    public async Task<PChart> PChartAsync(string line, WindowSpan span, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var completeUntil = time.GetUtcNow() - _alarms.Delay - TimeSpan.FromSeconds(span.Seconds);

        // The baseline may lie before the span that is drawn.
        var before = await context.Windows.AsNoTracking().Where(row => row.Line == line && row.Seconds == span.Seconds && row.Start < span.From)
            .OrderByDescending(row => row.Start).Take(_alarms.BaselineWindows + PChartCalculator.RunLength)
            .Select(row => new { row.Start, Inspected = row.Passed + row.Failed, row.Failed }).ToListAsync(cancellationToken);
        var drawn = await WindowsOf(context, line, span).Select(row => new { row.Start, Inspected = row.Passed + row.Failed, row.Failed }).ToListAsync(cancellationToken);
        var samples = before.AsEnumerable().Reverse().Concat(drawn)
            .Select(row => new PChartSample(row.Start, row.Inspected, row.Failed, row.Start <= completeUntil)).ToList();
        var chart = PChartCalculator.Compute(line, span.Seconds, samples, _alarms);
        return chart with { Points = [.. chart.Points.Where(point => point.WindowStart >= span.From)] };
    }

    public async Task<IReadOnlyList<LineAlarm>> AlarmsAsync(string? line, string? state, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Alarms.AsNoTracking()
            .Where(row => (line == null || row.Line == line) && (state == null || row.State == state))
            .OrderByDescending(row => row.Since).ThenBy(row => row.Line).ThenBy(row => row.Alarm).ToListAsync(cancellationToken);
        return rows.ConvertAll(AlarmMapping.ToEvent);
    }

    public async Task<IReadOnlyList<CameraConservation>> BalancesAsync(string? line, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.CameraBoots.AsNoTracking().Where(row => line == null || row.Line == line)
            .OrderBy(row => row.Camera).ThenByDescending(row => row.Changed).ToListAsync(cancellationToken);
        return rows.ConvertAll(RowMapping.ToConservation);
    }

    public async Task<IReadOnlyList<AgentView>> AgentsAsync(string? line, CancellationToken cancellationToken)
        => (await StatesAsync(EdgeStateRow.AgentKind, line, cancellationToken)).ConvertAll(RowMapping.ToAgent);

    public async Task<IReadOnlyList<CameraView>> CamerasAsync(string? line, CancellationToken cancellationToken)
    {
        var states = await StatesAsync(EdgeStateRow.CameraKind, line, cancellationToken);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var lastFrames = await context.CameraBoots.AsNoTracking().Where(row => (line == null || row.Line == line) && row.LastOutcome != null)
            .GroupBy(row => row.Camera).Select(g => new { Camera = g.Key, Last = g.Max(row => row.LastOutcome) })
            .ToDictionaryAsync(g => g.Camera, g => g.Last, StringComparer.Ordinal, cancellationToken);
        return states.ConvertAll(row => RowMapping.ToCamera(row, lastFrames.GetValueOrDefault(row.Place)));
    }

    /// <summary>Failed frames, latest first; with a digest those whose picture or model has it, found by looking through those that are kept.</summary>
    public async Task<IReadOnlyList<FailedFrame>> FailedFramesAsync(string? line, int limit, DateTimeOffset? before, string? digest, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.FailedFrames.AsNoTracking()
            .Where(row => row.Defect != null && (line == null || row.Line == line) && (before == null || row.Time < before)
                && (digest == null || row.Defect.Contains(digest)))
            .OrderByDescending(row => row.Time).ThenBy(row => row.OutcomeId).Take(limit).ToListAsync(cancellationToken);
        return rows.ConvertAll(RowMapping.ToFailedFrame);
    }

    public async Task<FailedFrame?> FailedFrameAsync(string outcomeId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await context.FailedFrames.AsNoTracking().SingleOrDefaultAsync(r => r.OutcomeId == outcomeId && r.Defect != null, cancellationToken);
        return row is null ? null : RowMapping.ToFailedFrame(row);
    }

    private async Task<List<EdgeStateRow>> StatesAsync(string kind, string? line, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.EdgeStates.AsNoTracking().Where(row => row.Kind == kind && (line == null || row.Line == line))
            .OrderBy(row => row.Key).ToListAsync(cancellationToken);
    }

    private static IQueryable<WindowRow> WindowsOf(AggregatorDbContext context, string? line, WindowSpan span) => context.Windows.AsNoTracking()
        .Where(row => row.Seconds == span.Seconds && row.Start >= span.From && row.Start < span.To && (line == null || row.Line == line))
        .OrderBy(row => row.Start);

    private static LineSummary Summarize(string? line, WindowSpan span, IEnumerable<WindowRow> rows)
    {
        VerdictCounts counts = new();
        foreach (var row in rows)
        {
            counts.Add(row.Passed, row.Failed, row.Undecided);
            CountsJson.ReadReasons(row.Reasons, counts);
        }

        return new LineSummary
        {
            Line = line,
            From = span.From,
            To = span.To,
            Total = counts.Total,
            Passed = counts.Passed,
            Failed = counts.Failed,
            Undecided = counts.Undecided,
            UndecidedByReason = counts.Reasons,
            Yield = counts.Yield,
            DefectsPerMillion = counts.DefectsPerMillion,
            UndecidedRate = counts.Total == 0 ? null : (double)counts.Undecided / counts.Total,
        };
    }
}
