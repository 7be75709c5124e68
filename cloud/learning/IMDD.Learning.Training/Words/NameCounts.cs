namespace IMDD.Learning.Training.Words;

/// <summary>How a class's regions are named.</summary>
/// <param name="Class">Its id.</param>
/// <param name="Regions">Regions that lie on its defects.</param>
/// <param name="Before">How many of them had its name.</param>
/// <param name="After">How many of them have it with the new word.</param>
public sealed record NameCounts(string Class, int Regions, int Before, int After)
{
    /// <summary>What the word takes from it, points; negative where it gives.</summary>
    public double LostPoints => Regions == 0 ? 0 : 100.0 * (Before - After) / Regions;
}
