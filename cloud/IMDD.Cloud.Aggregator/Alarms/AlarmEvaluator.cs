using System.Globalization;
using IMDD.Cloud.Aggregator.Drift;
using IMDD.Cloud.Aggregator.Windows;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Aggregator.Alarms;

/// <summary>
/// Which alarms should stand, from what is known of a line: a function without memory, so that a restart, a second instance or a late
/// correction comes to the same answer.
/// </summary>
internal sealed class AlarmEvaluator(AlarmOptions options, DriftOptions drift)
{
    // An alarm of a control chart stands until this many judged windows in a row are without a signal.
    private const int WindowsToClear = 2;

    // One failed frame against a baseline without any is beyond its limit of 0 and yet says nothing.
    private const int MinFailed = 2;

    // A camera that has been gone for longer was taken away.
    private static readonly TimeSpan RemovedAfter = TimeSpan.FromHours(24);

    public IReadOnlyList<AlarmCondition> Evaluate(LineSnapshot line) =>
        [.. ControlChart(line), .. Rates(line), .. Cameras(line), .. Agents(line), .. Conservation(line), .. Drift(line)];

    private IEnumerable<AlarmCondition> ControlChart(LineSnapshot line)
    {
        var samples = line.Minutes.Select(m => new PChartSample(m.Start, m.Inspected, m.Failed, m.Complete)).ToList();
        var chart = PChartCalculator.Compute(line.Line, WindowSize.Minute, samples, options);
        var latest = chart.Points.Where(p => p.Complete && p.Inspected >= options.MinInspected).TakeLast(WindowsToClear).ToList();
        if (latest.FindLast(p => p.Signal == PChartSignal.AboveLimit && p.Failed >= MinFailed) is { } above)
        {
            yield return new(AlarmNames.AboveLimit, Severity.Major,
                Text($"{above.Failed} of {above.Inspected} frames failed ({above.Proportion:P1}); expected at most {above.UpperLimit:P1} around {chart.CenterLine:P1}."),
                above.WindowStart, above.Proportion, above.UpperLimit);
        }

        if (latest.FindLast(p => p.Signal == PChartSignal.BelowLimit) is { } below)
        {
            yield return new(AlarmNames.BelowLimit, Severity.Minor,
                Text($"{below.Failed} of {below.Inspected} frames failed ({below.Proportion:P1}); expected at least {below.LowerLimit:P1}: better than it was, or no longer seen."),
                below.WindowStart, below.Proportion, below.LowerLimit);
        }

        if (latest.FindLast(p => p.Signal == PChartSignal.RunAbove) is { } run)
        {
            yield return new(AlarmNames.RunAbove, Severity.Minor,
                Text($"{PChartCalculator.RunLength} minutes in a row above the usual {chart.CenterLine:P1} of failed frames."),
                run.WindowStart, run.Proportion, chart.CenterLine);
        }
    }

    private IEnumerable<AlarmCondition> Rates(LineSnapshot line)
    {
        var complete = line.Minutes.Where(m => m.Complete).ToList();
        if (complete.Count == 0)
        {
            yield break;
        }

        // Back from the latest minute with frames, not from now: a line that stands still neither raises nor clears.
        var from = complete[^1].Start - options.RateSpan;
        var span = complete.Where(m => m.Start > from).ToList();
        var total = span.Sum(m => m.Total);
        var undecided = span.Sum(m => m.Undecided);
        if (total >= options.MinInspected && (double)undecided / total > options.MaxUndecidedRate)
        {
            var rate = (double)undecided / total;
            yield return new(AlarmNames.UndecidedRate, Severity.Major,
                Text($"{undecided} of {total} frames ({rate:P1}) were not decided; expected at most {options.MaxUndecidedRate:P1}."),
                span[0].Start, rate, options.MaxUndecidedRate);
        }

        var inspected = span.Sum(m => m.Inspected);
        double? target = options.YieldTargets.TryGetValue(line.Line, out var own) ? own : options.YieldTarget;
        if (target is { } wanted && inspected >= options.MinInspected && (double)span.Sum(m => m.Passed) / inspected is var yield && yield < wanted)
        {
            yield return new(AlarmNames.YieldBelowTarget, Severity.Major, Text($"Yield is {yield:P1}; the target is {wanted:P1}."), span[0].Start, yield, wanted);
        }
    }

    private IEnumerable<AlarmCondition> Cameras(LineSnapshot line)
    {
        var newest = line.LastOutcomes.Count > 0 ? line.LastOutcomes.Values.Max() : DateTimeOffset.MinValue;
        foreach (var camera in line.LastOutcomes.Keys.Union(line.Cameras.Keys).Order(StringComparer.Ordinal))
        {
            var state = line.Cameras.GetValueOrDefault(camera);
            if (state?.State == EdgeStateWord.Faulty)
            {
                yield return new($"{AlarmNames.CameraFaulty}:{camera}", Severity.Major, Text($"Frames of camera {camera} cannot be used: {state.Detail ?? "no detail"}."));
            }

            if (state?.State == EdgeStateWord.Silent)
            {
                yield return new($"{AlarmNames.CameraSilent}:{camera}", Severity.Major, Text($"The agent gets no frames from camera {camera}."));
            }
            else if (line.LastOutcomes.TryGetValue(camera, out var last) && newest - last is var quiet && quiet > options.SilentAfter && quiet < RemovedAfter)
            {
                yield return new($"{AlarmNames.CameraSilent}:{camera}", Severity.Major,
                    Text($"No outcome of camera {camera} for {quiet.TotalSeconds:F0} s while the line runs."), null, quiet.TotalSeconds, options.SilentAfter.TotalSeconds);
            }
        }
    }

    private static IEnumerable<AlarmCondition> Agents(LineSnapshot line)
        => line.Agents.Where(agent => agent.Value.State == EdgeStateWord.Offline).OrderBy(agent => agent.Key, StringComparer.Ordinal)
            .Select(agent => new AlarmCondition($"{AlarmNames.AgentOffline}:{agent.Key}", Severity.Critical, $"Agent {agent.Key} is offline: its frames are not inspected."));

    private static IEnumerable<AlarmCondition> Conservation(LineSnapshot line)
    {
        foreach (var (camera, frames) in line.Imbalances.OrderBy(i => i.Key, StringComparer.Ordinal))
        {
            var message = frames > 0
                ? Text($"{frames} frames of camera {camera} have a receipt and no outcome on Kafka.")
                : Text($"Camera {camera} has {-frames} outcomes more than frames.");
            yield return new($"{AlarmNames.Conservation}:{camera}", Severity.Critical, message, null, frames, 0);
        }
    }

    private IEnumerable<AlarmCondition> Drift(LineSnapshot line)
    {
        foreach (var (camera, windows) in line.Drift.OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            foreach (var (statistic, since, window, score) in DriftJudge.Standing(windows, drift))
            {
                var (measure, level) = statistic == StatisticName.Embedding
                    ? ("squared mean discrepancy", drift.EmbeddingLevel)
                    : ("population stability index", drift.DriftLevel);
                yield return new($"{AlarmNames.Drift}{statistic}:{camera}", Severity.Minor,
                    Text($"The {statistic} of camera {camera} is not what it was: {measure} {score.Effect:F2} against {level:F2}, since {since:yyyy-MM-dd HH:mm} UTC."),
                    window.Start, score.Effect, level);
            }
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
