namespace IMDD.Learning.Datasets.Words;

/// <summary>
/// How bad a defect is, by its kind, its area and its place: at least what its kind usually is; at least what its share of the picture says, where
/// the middle of the picture, which shows the part's function face, counts twice.
/// </summary>
public static class SeverityRule
{
    private const double MiddleWeight = 2;

    /// <summary>The severity's id.</summary>
    /// <param name="vocabulary">The words.</param>
    /// <param name="defectId">Kind.</param>
    /// <param name="areaFraction">Share of the picture, 0 to 1.</param>
    /// <param name="isMiddle">True when it lies in the middle one of the nine fields.</param>
    public static string Of(Vocabulary vocabulary, string defectId, double areaFraction, bool isMiddle)
    {
        var scale = vocabulary.File.Severities;
        var weighted = areaFraction * (isMiddle ? MiddleWeight : 1);
        var byKind = scale.Select(s => s.Id).ToList().IndexOf(vocabulary.Defect(defectId).Severity);
        var byArea = 0;
        for (var i = 0; i < scale.Count; i++)
        {
            byArea = weighted >= scale[i].AreaFraction ? i : byArea;
        }

        return scale[Math.Max(byKind, byArea)].Id;
    }
}
