using IMDD.Learning.Datasets.Words;

namespace IMDD.Learning.Datasets.Captions;

/// <summary>
/// What happens to the words when the picture is turned: an augmentation that mirrors or rotates a picture changes the sides that its caption names.
/// </summary>
public static class FactTransforms
{
    /// <summary>Left and right change places.</summary>
    public static DefectFacts FlipHorizontally(this DefectFacts facts, Vocabulary vocabulary)
        => facts with { Location = Move(facts.Location, vocabulary, (r, c) => (r, 2 - c)), Orientation = Mirror(facts.Orientation) };

    /// <summary>Top and bottom change places.</summary>
    public static DefectFacts FlipVertically(this DefectFacts facts, Vocabulary vocabulary)
        => facts with { Location = Move(facts.Location, vocabulary, (r, c) => (2 - r, c)), Orientation = Mirror(facts.Orientation) };

    /// <summary>A quarter turn clockwise: what was at the top comes to the right.</summary>
    public static DefectFacts RotateClockwise(this DefectFacts facts, Vocabulary vocabulary)
        => facts with
        {
            Location = Move(facts.Location, vocabulary, (r, c) => (c, 2 - r)),
            Orientation = facts.Orientation switch
            {
                Orientation.Horizontal => Orientation.Vertical,
                Orientation.Vertical => Orientation.Horizontal,
                Orientation.Rising => Orientation.Falling,
                Orientation.Falling => Orientation.Rising,
                _ => Orientation.None,
            },
        };

    private static Orientation Mirror(Orientation orientation) => orientation switch
    {
        Orientation.Rising => Orientation.Falling,
        Orientation.Falling => Orientation.Rising,
        _ => orientation,
    };

    private static string Move(string location, Vocabulary vocabulary, Func<int, int, (int Row, int Column)> move)
    {
        var locations = vocabulary.File.Locations;
        var index = locations.Select(l => l.Id).ToList().IndexOf(location);
        if (index < 0)
        {
            throw new ArgumentException($"'{location}' is not one of the nine fields.", nameof(location));
        }

        var (row, column) = move(index / 3, index % 3);
        return locations[row * 3 + column].Id;
    }
}
