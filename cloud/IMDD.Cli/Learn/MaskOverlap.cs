using IMDD.Contracts.Events;
using IMDD.Imaging.Masks;

namespace IMDD.Cli.Learn;

/// <summary>Intersection over union of masks of one size.</summary>
internal static class MaskOverlap
{
    /// <summary>0 to 1; 0 where the sizes differ or both are empty.</summary>
    /// <exception cref="FormatException">Not a mask.</exception>
    public static double Iou(byte[] truth, MaskRle region)
    {
        var mask = CocoRle.Decode(region);
        if (mask.Length != truth.Length)
        {
            return 0;
        }

        long both = 0, either = 0;
        for (var i = 0; i < mask.Length; i++)
        {
            var (a, b) = (truth[i] != 0, mask[i] != 0);
            both += a && b ? 1 : 0;
            either += a || b ? 1 : 0;
        }

        return either == 0 ? 0 : (double)both / either;
    }
}
