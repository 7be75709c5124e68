using System.Text;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Training.Models;

namespace IMDD.Learning.Training.Words;

/// <summary>A name that a model is to know, in a person's words.</summary>
/// <param name="Name">The word.</param>
/// <param name="Synonyms">Other words for it.</param>
/// <param name="Sentence">What it looks like or comes from; null where nothing is said of it.</param>
public sealed record NewWord(string Name, IReadOnlyList<string> Synonyms, string? Sentence)
{
    private const int MaxIdLength = 64;
    private const string DefaultSeverity = "major";

    /// <summary>
    /// The class it names. Where the name or a synonym is in the vocabulary, the class has its id and severity, and its words besides; else the id is
    /// the name in lower case with dashes.
    /// </summary>
    /// <exception cref="ArgumentException">The name has no letter or digit, or means that nothing is wrong.</exception>
    public TrainedClass ToClass(Vocabulary vocabulary)
    {
        var name = Name.Trim();
        var known = Synonyms.Prepend(name).Select(vocabulary.Resolve).FirstOrDefault(id => id is not null);
        if (known == Vocabulary.NormalId)
        {
            throw new ArgumentException($"'{name}' says that nothing is wrong: expected the name of a defect.");
        }

        var term = known is null ? null : vocabulary.Defect(known);
        List<string> others = [.. term?.Synonyms.Prepend(term.Name) ?? [], .. Synonyms];
        if (Sentence is not null)
        {
            others.Add(Sentence);
        }

        return new TrainedClass(
            known ?? Slug(name),
            name,
            [.. others.Select(text => text.Trim()).Where(text => !text.Equals(name, StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.OrdinalIgnoreCase)],
            term?.Severity ?? DefaultSeverity);
    }

    private static string Slug(string name)
    {
        StringBuilder slug = new();
        foreach (var letter in name.ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(letter))
            {
                slug.Append(letter);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        var id = slug.ToString().Trim('-');
        return id.Length is > 0 and <= MaxIdLength
            ? id
            : throw new ArgumentException($"The name '{name}' has {id.Length} letters, digits and dashes between them: expected 1 to {MaxIdLength}.");
    }
}
