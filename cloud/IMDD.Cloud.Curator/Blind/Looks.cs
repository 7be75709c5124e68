using System.Globalization;
using IMDD.Cloud.Curator.State;
using IMDD.Relational;

namespace IMDD.Cloud.Curator.Blind;

/// <summary>
/// Who was shown a drawn frame, and how: with the prediction, or blind. A word is blind where its rater was never shown the prediction, whatever the
/// request says, so that a lease that has run out or a page that is loaded again changes nothing of it.
/// </summary>
internal static class Looks
{
    /// <summary>True where this rater's word on the frame is a blind one.</summary>
    public static bool IsBlind(CuratorDbContext context, FrameRow row, string rater)
        => row.BlindLook != BlindLook.None && (Earlier(context, row, rater) ?? row.BlindLook == BlindLook.Owed);

    /// <summary>True where the frame was put before this rater with the prediction.</summary>
    public static bool IsSighted(CuratorDbContext context, FrameRow row, string rater) => row.BlindLook == BlindLook.None || Earlier(context, row, rater) == false;

    /// <summary>Notes that the frame is put before a rater now; true where without the prediction. In a transaction that holds the frame's row.</summary>
    public static bool Begin(CuratorDbContext context, FrameRow row, string rater)
    {
        var blind = row.BlindLook == BlindLook.Owed && Earlier(context, row, rater) != false;
        Note(context, row, rater, blind);
        return blind;
    }

    /// <summary>Notes that a rater knows the prediction, or does not.</summary>
    public static void Note(CuratorDbContext context, FrameRow row, string rater, bool blind)
    {
        if (row.BlindLook != BlindLook.None)
        {
            Sql.Execute(
                context,
                "INSERT INTO looks (outcome_id, rater, blind) VALUES ({0}, {1}, {2}) ON CONFLICT (outcome_id, rater) DO UPDATE SET blind = excluded.blind",
                [row.OutcomeId, rater, blind]);
        }
    }

    private static bool? Earlier(CuratorDbContext context, FrameRow row, string rater)
        => Sql.Query(context, "SELECT blind FROM looks WHERE outcome_id = {0} AND rater = {1}", [row.OutcomeId, rater]) is [[var blind]]
            ? Convert.ToBoolean(blind, CultureInfo.InvariantCulture)
            : null;
}
