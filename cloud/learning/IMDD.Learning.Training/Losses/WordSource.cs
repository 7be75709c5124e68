using IMDD.Learning.Datasets.Captions;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Training.Models;

namespace IMDD.Learning.Training.Losses;

/// <summary>
/// Draws the texts of a step: for each class its name or a synonym; other defects of the vocabulary, which no pixel is; and pairs of texts of one
/// meaning, a term's two words, or its word and a caption that speaks of it. A function of the step and the seed.
/// </summary>
public sealed class WordSource
{
    private const int Others = 12;
    private const int Pairs = 24;
    private const double NameShare = 0.5;
    private const double CaptionShare = 0.3;

    private readonly IReadOnlyList<TrainedClass> _classes;
    private readonly List<DefectTerm> _others;
    private readonly IReadOnlyList<DefectTerm> _terms;
    private readonly Vocabulary _vocabulary;
    private readonly CaptionWriter? _captions;
    private readonly int _seed;

    /// <summary>Prepares the draws.</summary>
    /// <param name="vocabulary">The words.</param>
    /// <param name="classes">The model's classes.</param>
    /// <param name="excluded">Ids of terms that must take no part: those that are kept for testing.</param>
    /// <param name="seed">Recorded with the run.</param>
    /// <param name="hasCaptions">Whether captions take part: they teach an encoder what words say together.</param>
    public WordSource(Vocabulary vocabulary, IReadOnlyList<TrainedClass> classes, IReadOnlySet<string> excluded, int seed, bool hasCaptions = true)
    {
        _vocabulary = vocabulary;
        _classes = classes;
        _terms = [.. vocabulary.File.Defects.Where(t => !excluded.Contains(t.Id))];
        _others = [.. _terms.Where(t => classes.All(c => c.Id != t.Id && !c.Synonyms.Prepend(c.Name).Any(name => Says(name, t.Name))) && t.Id != Generic)];
        _captions = hasCaptions ? new CaptionWriter(vocabulary) : null;
        _seed = seed;
    }

    private const string Generic = "generic-defect";

    /// <summary>Every text that can be drawn but the captions, some more than once.</summary>
    public IEnumerable<string> Words => _classes.SelectMany(c => c.RowTexts ?? [c.Name, .. c.Synonyms]).Concat(_terms.SelectMany(t => t.Synonyms.Prepend(t.Name)));

    /// <summary>The texts of a step.</summary>
    public DrawnWords Draw(long step)
    {
        Random random = new(HashCode(step));
        List<string> texts = [.. _classes.Select(c => c.RowTexts is { } texts ? texts[random.Next(texts.Count)] : Word(c.Name, c.Synonyms, random))];
        var rows = _classes.Count + Math.Min(Others, _others.Count);
        for (var i = _classes.Count; i < rows; i++)
        {
            var other = _others[random.Next(_others.Count)];
            texts.Add(Word(other.Name, other.Synonyms, random));
        }

        var pairs = random.GetItems([.. Enumerable.Range(0, _terms.Count)], _terms.Count).Distinct().Take(Pairs).Select(i => _terms[i]).ToList();
        texts.AddRange(pairs.Select(t => Word(t.Name, t.Synonyms, random)));
        texts.AddRange(pairs.Select(t => _captions is { } writer && random.NextDouble() < CaptionShare ? Caption(writer, t, random) : Word(t.Name, t.Synonyms, random)));
        return new DrawnWords(texts, rows, pairs.Count);
    }

    private int HashCode(long step) => unchecked((int)((ulong)(step + 1) * 0xD1B54A32D192ED03 >> 32) ^ _seed * 1664525);

    /// <summary>True when a name holds all words of another: a glass crack is a crack.</summary>
    private static bool Says(string name, string word) => word.Split(' ').All(name.Split(' ').Contains);

    private static string Word(string name, IReadOnlyList<string> synonyms, Random random)
        => synonyms.Count == 0 || random.NextDouble() < NameShare ? name : synonyms[random.Next(synonyms.Count)];

    private string Caption(CaptionWriter writer, DefectTerm term, Random random)
    {
        var file = _vocabulary.File;
        return writer.Write(
            new DefectFacts
            {
                Defect = term.Id,
                Product = file.Products[random.Next(file.Products.Count)].Id,
                Material = file.Materials[random.Next(file.Materials.Count)].Id,
                Severity = term.Severity,
                Location = file.Locations[random.Next(file.Locations.Count)].Id,
                Orientation = Any<Orientation>(random),
                Elongation = Any<Elongation>(random),
                Scale = Any<DefectScale>(random),
                Count = 1 + random.Next(4),
                Pattern = Any<DefectPattern>(random),
                Causes = term.Causes.Count > 0 ? [.. term.Causes.Take(2)] : [file.Causes[random.Next(file.Causes.Count)].Id],
            },
            random.Next());
    }

    private static T Any<T>(Random random)
        where T : struct, Enum
    {
        var values = Enum.GetValues<T>();
        return values[random.Next(values.Length)];
    }
}
