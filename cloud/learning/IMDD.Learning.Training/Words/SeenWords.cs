using IMDD.Learning.Networks.Text;
using IMDD.Learning.Training.Models;

namespace IMDD.Learning.Training.Words;

/// <summary>
/// Which words of a text a model has learned to see. The letters of another word would be noise in its row: they say nothing, and turn it away from
/// what the rest says.
/// </summary>
/// <param name="words">Those that pixels were learned to match.</param>
internal sealed class SeenWords(IEnumerable<string> words)
{
    // "Cracks" and "cracked" are of "crack": they share its letters, and so most of its row.
    private const int LeastStem = 4;
    private const int LongestEnding = 3;

    // They stand in the names of looks, and nothing looks like them.
    private static readonly HashSet<string> Small = ["a", "an", "the", "and", "of", "in", "on", "with", "non"];

    private readonly HashSet<string> _words = words.ToHashSet(StringComparer.Ordinal);

    /// <summary>The words of classes' names and synonyms, with those that were seen before, in ordinal order.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<TrainedClass> classes, IReadOnlyList<string>? before) =>
    [
        .. classes.SelectMany(c => c.RowTexts ?? [c.Name, .. c.Synonyms]).SelectMany(TextHash.Words).Concat(before ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    /// <summary>A text's words that were seen, in their order; null where none was.</summary>
    public string? Of(string text)
    {
        var seen = string.Join(' ', TextHash.Words(text).Where(word => !Small.Contains(word) && IsSeen(word)));
        return seen.Length > 0 ? seen : null;
    }

    private bool IsSeen(string word) => _words.Contains(word) || _words.Any(known => AreOfOneStem(known, word));

    private static bool AreOfOneStem(string one, string other)
        => Math.Min(one.Length, other.Length) >= LeastStem && Math.Abs(one.Length - other.Length) <= LongestEnding
            && (one.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(one, StringComparison.Ordinal));
}
