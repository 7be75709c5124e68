using IMDD.Learning.Datasets.Words;

namespace IMDD.Learning.Datasets.Captions;

/// <summary>
/// Writes captions after the paper's template: product and material, severity and kind, place, morphology, causes. The same facts and seed give
/// the same words.
/// </summary>
public sealed class CaptionWriter(Vocabulary vocabulary)
{
    /// <summary>Writes one caption.</summary>
    /// <exception cref="ArgumentException">A fact is not in the vocabulary, or there are not one or two causes.</exception>
    public string Write(DefectFacts facts, int seed)
    {
        if (facts.Causes.Count is not (1 or 2))
        {
            throw new ArgumentException($"There are {facts.Causes.Count} causes: expected one or two.", nameof(facts));
        }

        Random random = new(seed);
        var defect = vocabulary.Defect(facts.Defect);
        Dictionary<string, string> words = new(StringComparer.Ordinal)
        {
            ["defect"] = Pick([defect.Name, .. defect.Synonyms], random),
            ["product"] = Word(vocabulary.File.Products, facts.Product, random),
            ["material"] = Word(vocabulary.File.Materials, facts.Material, random),
            ["severity"] = facts.Severity,
            ["location"] = Word(vocabulary.File.Locations, facts.Location, random),
            ["orientation"] = CaptionGrammar.Orientations[facts.Orientation],
            ["elongation"] = CaptionGrammar.Elongations[facts.Elongation],
            ["scale"] = CaptionGrammar.Scales[facts.Scale],
            ["count"] = CaptionGrammar.Count(facts.Count),
            ["pattern"] = CaptionGrammar.Patterns[facts.Pattern],
            ["cause1"] = Word(vocabulary.File.Causes, facts.Causes[0], random),
            ["cause2"] = Word(vocabulary.File.Causes, facts.Causes[^1], random),
        };
        string[] sentences =
        [
            Pick(CaptionGrammar.Openings, random),
            Pick(CaptionGrammar.Places, random),
            Pick(CaptionGrammar.Shapes, random),
            Pick(facts.Causes.Count == 1 ? CaptionGrammar.SingleCauses : CaptionGrammar.DoubleCauses, random),
            Pick(CaptionGrammar.Closings[facts.Severity], random),
        ];
        var caption = string.Join(' ', sentences.Where(s => s.Length > 0));
        foreach (var (slot, word) in words)
        {
            caption = caption.Replace($"{{{slot}}}", word, StringComparison.Ordinal);
        }

        return caption;
    }

    private static string Word(IReadOnlyList<Term> terms, string id, Random random)
    {
        var term = terms.FirstOrDefault(t => t.Id == id) ?? throw new ArgumentException($"'{id}' is not in the vocabulary.", nameof(id));
        return Pick([term.Name, .. term.Synonyms ?? []], random);
    }

    private static string Pick(string[] choices, Random random) => choices[random.Next(choices.Length)];
}
