using IMDD.Learning.Evaluation.Instances;

namespace IMDD.Learning.Evaluation.Outside;

/// <summary>Greedy suppression within a class: the surest box stays, those that overlap it too much go, and so on.</summary>
internal static class NonMaximumSuppression
{
    /// <summary>Positions of the boxes that stay, surest first; equally sure ones in their order.</summary>
    public static List<int> Keep(IReadOnlyList<(Box Box, int Class, float Score)> boxes, double maxOverlap, int maxKept)
    {
        List<int> kept = [];
        foreach (var candidate in Enumerable.Range(0, boxes.Count).OrderByDescending(i => boxes[i].Score))
        {
            if (kept.Count == maxKept)
            {
                break;
            }

            var (box, number, _) = boxes[candidate];
            if (!kept.Exists(k => boxes[k].Class == number && boxes[k].Box.Iou(box) > maxOverlap))
            {
                kept.Add(candidate);
            }
        }

        return kept;
    }
}
