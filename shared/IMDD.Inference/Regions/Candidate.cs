using System.Runtime.InteropServices;
using IMDD.Imaging.Masks;

namespace IMDD.Inference.Regions;

/// <summary>A component that may become a region.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Candidate(int Label, float Score, long AreaPx, ComponentStatistics Box)
{
    /// <summary>Worst first. Labels rise in the order in which components are met from the top left.</summary>
    public static int WorstFirst(Candidate left, Candidate right)
    {
        var order = right.Score.CompareTo(left.Score);
        if (order == 0)
        {
            order = right.AreaPx.CompareTo(left.AreaPx);
        }

        return order == 0 ? left.Label.CompareTo(right.Label) : order;
    }
}
