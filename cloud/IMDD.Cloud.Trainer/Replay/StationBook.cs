using System.Globalization;
using IMDD.Cloud.Trainer.Ingest;
using IMDD.Cloud.Trainer.State;
using IMDD.Contracts.Events;
using IMDD.Learning.Evaluation.Images;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Trainer.Replay;

/// <summary>What is remembered of each station's newest frames and of how many of them fail.</summary>
internal sealed class StationBook(IDbContextFactory<TrainerDbContext> contexts, IOptions<TrainerOptions> options, TimeProvider time)
{
    /// <summary>Fewer windows do not show how good and bad ones differ.</summary>
    private const int LeastWindows = 3;

    /// <summary>Windows with fewer decided frames say little of the share that fails.</summary>
    private const int LeastOfWindow = 20;

    /// <summary>Of the windows' shares: the lowest and highest twentieth are chance.</summary>
    private const double Tail = 0.05;

    /// <summary>More are kept than are shown: some are learned from, and some pictures are gone.</summary>
    private const int Spare = 4;

    private PredictionOptions Options => options.Value.Predict;

    /// <summary>Keeps a frame, in the caller's transaction.</summary>
    public static void Keep(TrainerDbContext context, StationFrame frame) => Sql.Execute(
        context,
        """
        INSERT INTO station_frames (station, digest, failed, at_us) VALUES ({0}, {1}, {2}, {3})
        ON CONFLICT (station, digest) DO UPDATE SET failed = excluded.failed, at_us = excluded.at_us WHERE station_frames.at_us < excluded.at_us
        """,
        [frame.Station, frame.Digest, frame.Failed ? 1 : 0, Timestamp.ToMicroseconds(frame.At)]);

    /// <summary>Keeps counts, in the caller's transaction; the same again changes nothing.</summary>
    public static void Keep(TrainerDbContext context, StationWindow window) => Sql.Execute(
        context,
        "INSERT INTO station_windows (station, camera, start_us, passed, failed, recipe) VALUES ({0}, {1}, {2}, {3}, {4}, {5}) ON CONFLICT DO NOTHING",
        [window.Camera.Asset.ToString(), window.Camera.Camera, Timestamp.ToMicroseconds(window.Start), window.Passed, window.Failed, window.Recipe]);

    /// <summary>Forgets, in the caller's transaction, what is too old, and of these stations what is too much.</summary>
    public void Forget(TrainerDbContext context, IEnumerable<string> stations)
    {
        Sql.Execute(context, "DELETE FROM station_frames WHERE at_us < {0}", [Since()]);
        Sql.Execute(context, "DELETE FROM station_windows WHERE start_us < {0}", [Since()]);
        foreach (var station in stations)
        {
            foreach (var failed in (int[])[0, 1])
            {
                Sql.Execute(
                    context,
                    """
                    DELETE FROM station_frames WHERE station = {0} AND failed = {1} AND at_us <
                        (SELECT at_us FROM station_frames WHERE station = {0} AND failed = {1} ORDER BY at_us DESC LIMIT 1 OFFSET {2})
                    """,
                    [station, failed, Options.Frames * Spare]);
            }
        }
    }

    /// <summary>
    /// Stations with enough counts, in the order of their names. Counts from before a station's recipe are of another station; one whose cameras are decided by
    /// different recipes is left out.
    /// </summary>
    public IReadOnlyList<StationShares> Stations()
    {
        using var context = contexts.CreateDbContext();
        return
        [
            .. Sql.Query(context, "SELECT station, camera, start_us, passed, failed, recipe FROM station_windows WHERE start_us >= {0} ORDER BY start_us DESC", [Since()])
                .GroupBy(
                    row => (string)row[0]!,
                    row => (Camera: (string)row[1]!, Start: Number(row[2]), Passed: Number(row[3]), Failed: Number(row[4]), Recipe: (string?)row[5]),
                    StringComparer.Ordinal)
                .OrderBy(station => station.Key, StringComparer.Ordinal)
                .Where(station => station.DistinctBy(window => window.Camera).DistinctBy(window => window.Recipe).Count() == 1)
                .Select(station => (Name: station.Key, Windows: station.TakeWhile(window => window.Recipe == station.First().Recipe).ToList()))
                .Where(station => station.Windows.Count(w => w.Passed + w.Failed >= LeastOfWindow) >= LeastWindows)
                .Select(station =>
                {
                    List<ExactInterval> rising =
                    [
                        .. station.Windows.Where(w => w.Passed + w.Failed >= LeastOfWindow).Select(w => ExactInterval.Of(w.Failed, w.Passed + w.Failed)).OrderBy(share => share.Share),
                    ];
                    return new StationShares(
                        station.Name, Quantile(rising, Tail).Low, Quantile(rising, 1 - Tail).High, station.Windows[0].Recipe, Timestamp.FromMicroseconds(station.Windows[^1].Start));
                }),
        ];
    }

    /// <summary>Digests of a station's newest frames that nothing was learned from.</summary>
    /// <param name="station">Its path.</param>
    /// <param name="failed">Of those that failed, or of those that passed.</param>
    /// <param name="since">No older ones.</param>
    public IReadOnlyList<string> Frames(string station, bool failed, DateTimeOffset since)
    {
        using var context = contexts.CreateDbContext();
        return
        [
            .. Sql.Query(
                context,
                """
                SELECT digest FROM station_frames WHERE station = {0} AND failed = {1} AND at_us >= {2}
                    AND NOT EXISTS (SELECT 1 FROM labels WHERE labels.digest = station_frames.digest AND labels.state = {3})
                ORDER BY at_us DESC, digest LIMIT {4}
                """,
                [station, failed ? 1 : 0, Math.Max(Since(), Timestamp.ToMicroseconds(since)), ConsensusState.Agreed, Options.Frames]).Select(row => (string)row[0]!),
        ];
    }

    private long Since() => Timestamp.ToMicroseconds(time.GetUtcNow() - Options.Within);

    private static long Number(object? value) => Convert.ToInt64(value, CultureInfo.InvariantCulture);

    private static ExactInterval Quantile(List<ExactInterval> rising, double share) => rising[(int)Math.Round(share * (rising.Count - 1))];
}
