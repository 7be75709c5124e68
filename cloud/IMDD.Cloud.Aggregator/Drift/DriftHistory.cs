using IMDD.Cloud.Aggregator.State;
using IMDD.Contracts.Queries;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Aggregator.Drift;

/// <summary>Compared windows, from the database.</summary>
internal static class DriftHistory
{
    /// <summary>Of each camera the reference of the model that saw it last.</summary>
    public static IEnumerable<DriftReferenceRow> Current(IEnumerable<DriftReferenceRow> references)
        => references.GroupBy(row => row.Camera, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => g.OrderByDescending(row => row.Latest).ThenBy(row => row.ModelDigest, StringComparer.Ordinal).First());

    /// <summary>Windows that a reference was compared with and that are judged, oldest first, the last <paramref name="count"/>.</summary>
    public static IReadOnlyList<DriftWindow> Judged(AggregatorDbContext context, DriftReferenceRow reference, int count) =>
    [
        .. context.DriftWindows.AsNoTracking()
            .Where(row => row.Camera == reference.Camera && row.ModelDigest == reference.ModelDigest && row.Epoch == reference.Epoch && row.Scores != null)
            .OrderByDescending(row => row.End).ThenByDescending(row => row.Id).Take(count).AsEnumerable().Reverse().Select(ToWindow),
    ];

    public static DriftWindow ToWindow(DriftWindowRow row) => new(row.Start, row.End, row.Frames, ImddJsonText.Read<List<DriftScore>>(row.Scores!));
}
