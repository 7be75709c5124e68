using IMDD.Cloud.Aggregator.Alarms;
using IMDD.Cloud.Aggregator.Queries;
using IMDD.Cloud.Aggregator.State;
using IMDD.Cloud.Aggregator.Windows;
using IMDD.Contracts.Queries;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Aggregator.Live;

/// <summary>
/// What was committed lately, by this or any other instance. Each reading overlaps the one before by more than clocks of instances differ
/// and transactions last; what was seen before in the same version is left out.
/// </summary>
internal sealed class ChangeReader(IDbContextFactory<AggregatorDbContext> contexts, TimeProvider time)
{
    private const int MostFrames = 50;
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(30);

    private Dictionary<(string Event, string Identity), string> _seen = [];

    public List<LiveUpdate> Read()
    {
        var since = time.GetUtcNow() - Overlap;
        using var context = contexts.CreateDbContext();
        List<LiveUpdate> all = [.. Windows(context, since), .. AlarmsOf(context, since), .. Frames(context, since), .. States(context, since), .. Balances(context, since)];
        var changed = all.FindAll(update => _seen.GetValueOrDefault((update.Event, update.Identity)) != update.Version);
        _seen = all.ToDictionary(update => (update.Event, update.Identity), update => update.Version);
        return changed;
    }

    private static IEnumerable<LiveUpdate> Windows(AggregatorDbContext context, DateTimeOffset since)
        => context.Windows.AsNoTracking().Where(row => row.Emitted >= since).OrderBy(row => row.Start).AsEnumerable()
            .Select(row => Update(LiveEvents.Window, row.Line, $"{row.Line}/{row.Seconds}/{row.Start.UtcTicks}", $"{row.Revision}", WindowMapping.ToEvent(row)));

    private static IEnumerable<LiveUpdate> AlarmsOf(AggregatorDbContext context, DateTimeOffset since)
        => context.Alarms.AsNoTracking().Where(row => row.Since >= since).OrderBy(row => row.Since).AsEnumerable()
            .Select(row => Update(LiveEvents.Alarm, row.Line, $"{row.Line}/{row.Alarm}", $"{row.Since.UtcTicks}", AlarmMapping.ToEvent(row)));

    private static IEnumerable<LiveUpdate> Frames(AggregatorDbContext context, DateTimeOffset since)
        => context.FailedFrames.AsNoTracking().Where(row => row.Changed >= since && row.Defect != null)
            .OrderByDescending(row => row.Time).Take(MostFrames).AsEnumerable().Reverse()
            .Select(row => Update(LiveEvents.FailedFrame, row.Line, row.OutcomeId, row.Frame is null ? "1" : "2", RowMapping.ToFailedFrame(row)));

    private static IEnumerable<LiveUpdate> States(AggregatorDbContext context, DateTimeOffset since)
        => context.EdgeStates.AsNoTracking().Where(row => row.Changed >= since).ToList()
            .Select(row => row.Kind == EdgeStateRow.AgentKind
                ? Update(LiveEvents.Agent, row.Line, row.Key, $"{row.Changed.UtcTicks}", RowMapping.ToAgent(row))
                : Update(LiveEvents.Camera, row.Line, row.Key, $"{row.Changed.UtcTicks}", RowMapping.ToCamera(row, LastOutcome(context, row.Place))));

    private static DateTimeOffset? LastOutcome(AggregatorDbContext context, string camera)
        => context.CameraBoots.Where(row => row.Camera == camera).Max(row => row.LastOutcome);

    private static IEnumerable<LiveUpdate> Balances(AggregatorDbContext context, DateTimeOffset since)
        => context.CameraBoots.AsNoTracking().Where(row => row.Changed >= since).AsEnumerable()
            .Select(row => Update(LiveEvents.Balance, row.Line, $"{row.Camera}/{row.Boot}", $"{row.Changed.UtcTicks}/{row.Imbalanced}", RowMapping.ToConservation(row)));

    private static LiveUpdate Update<T>(string name, string line, string identity, string version, T data)
        => new(name, line, identity, version, ImddJsonText.Write(data));
}
