using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Words;

namespace IMDD.Learning.Datasets.Captions;

/// <summary>Puts together what is known of a sample and what its mask shows.</summary>
public sealed class FactsBuilder(Vocabulary vocabulary)
{
    private const string DefaultProduct = "casting";
    private const string DefaultMaterial = "steel";

    /// <summary>
    /// The facts of one defect; null when the class is normal or unknown. A category or material outside of the vocabulary falls back to its most
    /// general entry, which <paramref name="unknown"/> reports.
    /// </summary>
    /// <param name="sample">The picture.</param>
    /// <param name="className">One of its classes.</param>
    /// <param name="shape">What its mask shows.</param>
    /// <param name="unknown">Called with each word that is not in the vocabulary.</param>
    public DefectFacts? Build(DatasetSample sample, string className, MaskShape shape, Action<string> unknown)
    {
        var id = vocabulary.Resolve(className);
        if (id is null)
        {
            unknown(className);
        }

        if (id is null or Vocabulary.NormalId)
        {
            return null;
        }

        var location = vocabulary.File.Locations[shape.Row * 3 + shape.Column].Id;
        return new DefectFacts
        {
            Defect = id,
            Product = Find(vocabulary.File.Products, sample.Category, DefaultProduct, unknown),
            Material = Find(vocabulary.File.Materials, sample.Material, DefaultMaterial, unknown),
            Severity = sample.Severity ?? SeverityRule.Of(vocabulary, id, shape.AreaFraction, shape is { Row: 1, Column: 1 }),
            Location = location,
            Orientation = shape.Orientation,
            Elongation = shape.Elongation,
            Scale = shape.Scale,
            Count = shape.Count,
            Pattern = shape.Pattern,
            Causes = [.. vocabulary.Defect(id).Causes.Take(2)],
        };
    }

    private static string Find(IReadOnlyList<Term> terms, string? word, string fallback, Action<string> unknown)
    {
        var term = word is null
            ? null
            : terms.FirstOrDefault(t => t.Name.Equals(word, StringComparison.OrdinalIgnoreCase)
                || (t.Synonyms ?? []).Contains(word, StringComparer.OrdinalIgnoreCase));
        if (term is null && word is not null)
        {
            unknown(word);
        }

        return term?.Id ?? fallback;
    }
}
