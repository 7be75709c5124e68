using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace IMDD.Edge.Agent.Examples;

/// <summary>A frame's lot in a draw: a function of seed, draw and frame, so that a frame inspected again draws the same.</summary>
internal static class FrameLot
{
    /// <summary>True for about <paramref name="share"/> of the frames.</summary>
    public static bool IsDrawn(string draw, int seed, string outcomeId, double share)
    {
        if (share is <= 0 or >= 1)
        {
            return share >= 1;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{draw}\n{seed}\n{outcomeId}")));
        return BinaryPrimitives.ReadUInt64LittleEndian(hash) < share * ulong.MaxValue;
    }
}
