using System.Globalization;
using IMDD.Cloud.Trainer.Ingest;
using IMDD.Cloud.Trainer.State;
using IMDD.Contracts.Events;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Trainer.Replay;

/// <summary>What is remembered of each line's newest frames and of how many of them fail.</summary>
internal sealed class LineBook(IDbContextFactory<TrainerDbContext> contexts, IOptions<TrainerOptions> options, TimeProvider time)
{
    /// <summary>Minutes with fewer decided frames say little of the share that fails.</summary>
    private const int LeastOfMinute = 20;

    /// <summary>Of the minutes' shares: the lowest and highest twentieth are chance.</summary>
    private const double Tail = 0.05;

    /// <summary>More are kept than are shown: some are learned from, and some pictures are gone.</summary>
    private const int Spare = 4;

    private PredictionOptions Options => options.Value.Predict;

    /// <summary>Keeps a frame, in the caller's transaction.</summary>
    public static void Keep(TrainerDbContext context, LineFrame frame) => Sql.Execute(
        context,
        """
        INSERT INTO line_frames (line, digest, failed, at_us) VALUES ({0}, {1}, {2}, {3})
        ON CONFLICT (line, digest) DO UPDATE SET failed = excluded.failed, at_us = excluded.at_us WHERE line_frames.at_us < excluded.at_us
        """,
        [frame.Line, frame.Digest, frame.Failed ? 1 : 0, Timestamp.ToMicroseconds(frame.At)]);

    /// <summary>Keeps counts, in the caller's transaction; a newer revision replaces an older one.</summary>
    public static void Keep(TrainerDbContext context, LineWindow minute) => Sql.Execute(
        context,
        """
        INSERT INTO line_minutes (line, start_us, revision, passed, failed) VALUES ({0}, {1}, {2}, {3}, {4})
        ON CONFLICT (line, start_us) DO UPDATE SET revision = excluded.revision, passed = excluded.passed, failed = excluded.failed
        WHERE line_minutes.revision < excluded.revision
        """,
        [minute.Line, Timestamp.ToMicroseconds(minute.WindowStart), minute.Revision, minute.Passed, minute.Failed]);

    /// <summary>Forgets, in the caller's transaction, what is too old, and of these lines what is too much.</summary>
    public void Forget(TrainerDbContext context, IEnumerable<string> lines)
    {
        var since = Timestamp.ToMicroseconds(time.GetUtcNow() - Options.Within);
        Sql.Execute(context, "DELETE FROM line_frames WHERE at_us < {0}", [since]);
        Sql.Execute(context, "DELETE FROM line_minutes WHERE start_us < {0}", [since]);
        foreach (var line in lines)
        {
            foreach (var failed in (int[])[0, 1])
            {
                Sql.Execute(
                    context,
                    """
                    DELETE FROM line_frames WHERE line = {0} AND failed = {1} AND at_us <
                        (SELECT at_us FROM line_frames WHERE line = {0} AND failed = {1} ORDER BY at_us DESC LIMIT 1 OFFSET {2})
                    """,
                    [line, failed, Options.Frames * Spare]);
            }
        }
    }

    /// <summary>Lines with enough counts, in the order of their names.</summary>
    public IReadOnlyList<(string Line, double FailedLow, double FailedHigh)> Lines()
    {
        using var context = contexts.CreateDbContext();
        return
        [
            .. Sql.Query(context, "SELECT line, passed, failed FROM line_minutes WHERE passed + failed >= {0}", [LeastOfMinute])
                .GroupBy(row => (string)row[0]!, row => Share(Number(row[1]), Number(row[2])), StringComparer.Ordinal)
                .OrderBy(line => line.Key, StringComparer.Ordinal)
                .Select(line => (line.Key, Quantile([.. line.Order()], Tail), Quantile([.. line.Order()], 1 - Tail))),
        ];
    }

    /// <summary>Digests of a line's newest frames that nothing was learned from.</summary>
    public IReadOnlyList<string> Frames(string line, bool failed)
    {
        using var context = contexts.CreateDbContext();
        return
        [
            .. Sql.Query(
                context,
                """
                SELECT digest FROM line_frames WHERE line = {0} AND failed = {1}
                    AND NOT EXISTS (SELECT 1 FROM labels WHERE labels.digest = line_frames.digest AND labels.state = {2})
                ORDER BY at_us DESC, digest LIMIT {3}
                """,
                [line, failed ? 1 : 0, ConsensusState.Agreed, Options.Frames]).Select(row => (string)row[0]!),
        ];
    }

    private static double Share(long passed, long failed) => (double)failed / (passed + failed);

    private static long Number(object? value) => Convert.ToInt64(value, CultureInfo.InvariantCulture);

    private static double Quantile(double[] rising, double share) => rising[(int)Math.Round(share * (rising.Length - 1))];
}
