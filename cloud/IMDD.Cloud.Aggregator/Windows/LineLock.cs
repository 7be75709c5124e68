using IMDD.Cloud.Aggregator.State;
using IMDD.Relational;

namespace IMDD.Cloud.Aggregator.Windows;

/// <summary>
/// The lock of a line: its row. Cameras of one line lie on several partitions, and so windows of one line are counted by several instances;
/// whoever changes anything of a line but ids and positions holds its row until the end of the transaction. Lines are locked in the order of
/// their names, after positions, cameras and ids and before all else, so that two transactions cannot wait for each other.
/// </summary>
internal static class LineLock
{
    /// <summary>Makes the row when it is missing, and locks it.</summary>
    public static void Take(AggregatorDbContext context, IEnumerable<string> lines)
    {
        foreach (var line in lines.Order(StringComparer.Ordinal))
        {
            Sql.Execute(
                context,
                """
                INSERT INTO lines (line, version, total, passed, failed, undecided, simulated, reasons, last_outcome_us)
                VALUES ({0}, 1, 0, 0, 0, 0, 0, '{{}}', 0)
                ON CONFLICT (line) DO UPDATE SET version = lines.version + 1
                """,
                [line]);
        }
    }
}
