namespace IMDD.Learning.Datasets.Splits;

/// <summary>
/// How a model says by which splits it was trained. The id of a split alone says that its test side was held out. Of what was learned as a whole no side was: its id
/// has a prefix, so that whoever looks for the id itself does not find it.
/// </summary>
public static class LearnedSplits
{
    private const string WholePrefix = "whole:";
    private const char Separator = ' ';

    /// <summary>What a manifest says, as one text.</summary>
    /// <param name="learned">One for each data set.</param>
    public static string TextOf(IEnumerable<string> learned) => string.Join(Separator, learned);

    /// <summary>What a manifest's text says; nothing where there is none.</summary>
    /// <param name="text">As <see cref="TextOf"/> writes it.</param>
    public static IReadOnlyList<string> Parse(string? text) => text?.Split(Separator) ?? [];

    /// <summary>What is said of a data set that is learned as a whole.</summary>
    /// <param name="splitId"><see cref="DatasetSplit.Id"/>.</param>
    public static string Whole(string splitId) => WholePrefix + splitId;

    /// <summary>True where a data set of this split was learned as a whole.</summary>
    /// <param name="learned">What a model says.</param>
    /// <param name="splitId"><see cref="DatasetSplit.Id"/>.</param>
    public static bool IsWhole(IEnumerable<string> learned, string splitId) => learned.Contains(Whole(splitId), StringComparer.Ordinal);

    /// <summary>Those of what was learned as a whole, each once; null where there are none.</summary>
    /// <param name="learned">What a model says.</param>
    public static IReadOnlyList<string>? Wholes(IEnumerable<string> learned)
        => learned.Where(id => id.StartsWith(WholePrefix, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).ToList() is { Count: > 0 } wholes ? wholes : null;

    /// <summary>The split's id, whatever of its data set was learned.</summary>
    /// <param name="learned">One of what a model says.</param>
    public static string IdOf(string learned) => learned.StartsWith(WholePrefix, StringComparison.Ordinal) ? learned[WholePrefix.Length..] : learned;
}
