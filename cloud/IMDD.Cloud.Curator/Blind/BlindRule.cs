using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IMDD.Contracts.Events;
using IMDD.Contracts.Review;

namespace IMDD.Cloud.Curator.Blind;

/// <summary>Which frames are looked at blind, and when.</summary>
internal static class BlindRule
{
    /// <summary>A function of outcome and seed alone: the same for each instance, and after a restart.</summary>
    public static bool IsDrawn(string outcomeId, int seed, double share)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}\n{outcomeId}")));
        return BinaryPrimitives.ReadUInt64BigEndian(hash) < share * ulong.MaxValue;
    }

    /// <summary>
    /// What comes after a frame was told or a word was said. A pass is looked at blind at once, any other frame when somebody has judged it; once owed it
    /// stays so, for whoever has it before them was not shown the prediction.
    /// </summary>
    public static BlindLook Next(BlindLook look, Verdict verdict, int labels, bool hasBlindWord) => look switch
    {
        BlindLook.None => BlindLook.None,
        _ when hasBlindWord => BlindLook.Given,
        BlindLook.Drawn when labels == 0 && verdict != Verdict.Pass => BlindLook.Drawn,
        _ => BlindLook.Owed,
    };

    /// <summary>True while nobody is shown the prediction but one who judges with it.</summary>
    public static bool IsHeldBack(BlindLook look) => look is BlindLook.Drawn or BlindLook.Owed;

    /// <summary>A frame without anything that the model or a person has said of it.</summary>
    public static ReviewFrame HoldBack(ReviewFrame frame) => frame with
    {
        Verdict = Verdict.Undecided,
        Regions = [],
        Model = null,
        Reasons = [],
        Uncertainty = null,
        State = ConsensusState.Open,
        Labels = 0,
        Blind = true,
    };
}
