namespace IMDD.Learning.Evaluation.Ranking;

/// <summary>Maps floats to unsigned integers of the same order, so that they can be radix-sorted.</summary>
internal static class ScoreKey
{
    /// <summary>The key; negative zero gets the key of zero, since the two compare equal.</summary>
    public static uint FromScore(float score)
    {
        var bits = BitConverter.SingleToUInt32Bits(score == 0f ? 0f : score);
        return (bits & 0x8000_0000u) != 0 ? ~bits : bits | 0x8000_0000u;
    }

    /// <summary>The score of a key.</summary>
    public static float ToScore(uint key)
        => BitConverter.UInt32BitsToSingle((key & 0x8000_0000u) != 0 ? key & 0x7FFF_FFFFu : ~key);
}
