namespace IMDD.Learning.Datasets.Words;

/// <summary>
/// Finds the vocabulary's terms in a text, longest first, on word boundaries: the noun phrases of a caption that a grounding loss compares with
/// regions.
/// </summary>
public sealed class PhraseFinder
{
    private readonly Dictionary<string, FoundPhrase> _terms = new(StringComparer.Ordinal);
    private readonly int _longest;

    /// <summary>Prepares the defects, products and materials of a vocabulary.</summary>
    public PhraseFinder(Vocabulary vocabulary)
    {
        foreach (var defect in vocabulary.File.Defects)
        {
            Add(defect.Name, new FoundPhrase(PhraseKind.Defect, defect.Id, defect.Name));
            foreach (var synonym in defect.Synonyms)
            {
                Add(synonym, new FoundPhrase(PhraseKind.Defect, defect.Id, synonym));
            }
        }

        AddTerms(vocabulary.File.Products, PhraseKind.Product);
        AddTerms(vocabulary.File.Materials, PhraseKind.Material);
        _longest = _terms.Keys.Max(t => t.Count(c => c == ' ') + 1);
    }

    /// <summary>The phrases of a text in their order, without overlaps.</summary>
    public IReadOnlyList<FoundPhrase> Find(string text)
    {
        var words = text.ToLowerInvariant().Split([' ', ',', '.', ';', ':', '\n', '(', ')'], StringSplitOptions.RemoveEmptyEntries);
        List<FoundPhrase> found = [];
        for (var i = 0; i < words.Length; i++)
        {
            for (var length = Math.Min(_longest, words.Length - i); length > 0; length--)
            {
                if (_terms.TryGetValue(string.Join(' ', words.AsSpan(i, length)), out var phrase))
                {
                    found.Add(phrase);
                    i += length - 1;
                    break;
                }
            }
        }

        return found;
    }

    private void AddTerms(IEnumerable<Term> terms, PhraseKind kind)
    {
        foreach (var term in terms)
        {
            foreach (var word in (IEnumerable<string>)[term.Name, .. term.Synonyms ?? []])
            {
                Add(word, new FoundPhrase(kind, term.Id, word));
            }
        }
    }

    private void Add(string text, FoundPhrase phrase) => _terms.TryAdd(text.ToLowerInvariant(), phrase);
}
