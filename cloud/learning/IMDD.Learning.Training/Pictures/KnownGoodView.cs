namespace IMDD.Learning.Training.Pictures;

/// <summary>What a network that compares is shown beside a picture.</summary>
internal static class KnownGoodView
{
    /// <summary>The picture's known-good view, <c>height × width × 3</c> bytes; where it has none black, which no such view is.</summary>
    public static byte[] Of(TrainingPicture picture) => picture.Reference ?? new byte[picture.Rgb.Length];

    /// <summary>
    /// The pictures that show a network what it will see on a line. An agent decides on none without its known-good view: for a network that compares, those
    /// that lack it are left out where as many have it.
    /// </summary>
    public static IReadOnlyList<TrainingPicture> AsOnALine(IReadOnlyList<TrainingPicture> pictures, bool usesReference)
        => usesReference && pictures.Where(picture => picture.Reference is not null).ToList() is { Count: > 0 } comparable && 2 * comparable.Count >= pictures.Count
            ? comparable
            : pictures;
}
