using System.Text.Json;

namespace IMDD.Learning.Datasets.Words;

/// <summary>
/// The words of inspection in one language: defects, products, materials, causes, places, severities, and what the label strings of public
/// data sets mean in them.
/// </summary>
public sealed class Vocabulary
{
    /// <summary>What a label means when nothing is wrong.</summary>
    public const string NormalId = "normal";

    private const int MaxBytes = 16 << 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true };

    private readonly Dictionary<string, DefectTerm> _defectsById;
    private readonly Dictionary<string, string> _idByLabel = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _idByExactLabel;

    private Vocabulary(VocabularyFile file)
    {
        File = file;
        _defectsById = file.Defects.ToDictionary(d => d.Id, StringComparer.Ordinal);
        _idByExactLabel = new Dictionary<string, string>(file.Labels, StringComparer.Ordinal);
        foreach (var (label, id) in file.Labels.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            _idByLabel.TryAdd(label, id);
        }

        foreach (var defect in file.Defects)
        {
            foreach (var word in (IEnumerable<string>)[defect.Name, defect.Id, .. defect.Synonyms])
            {
                _idByLabel.TryAdd(word, defect.Id);
            }
        }
    }

    /// <summary>The vocabulary shipped with this library, English.</summary>
    public static Vocabulary English { get; } = LoadShipped();

    /// <summary>Everything as written.</summary>
    public VocabularyFile File { get; }

    /// <summary>Parses and checks a vocabulary.</summary>
    /// <exception cref="DatasetException">Not a vocabulary; the message names every problem.</exception>
    public static Vocabulary Parse(byte[] json)
    {
        if (json.Length > MaxBytes)
        {
            throw new DatasetException($"The vocabulary has {json.Length} bytes: expected at most {MaxBytes}.");
        }

        try
        {
            var file = JsonSerializer.Deserialize<VocabularyFile>(json, Json) ?? throw new DatasetException("The vocabulary is null.");
            var problems = Problems(file).ToList();
            return problems.Count == 0 ? new Vocabulary(file) : throw new DatasetException("The vocabulary is inconsistent: " + string.Join(" ", problems));
        }
        catch (JsonException e)
        {
            throw new DatasetException($"The vocabulary is not valid: {e.Message}", e);
        }
    }

    /// <summary>The defect of an id.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public DefectTerm Defect(string id) => _defectsById[id];

    /// <summary>
    /// What a label of a data set, a name or a synonym means: a defect's id, <see cref="NormalId"/>, or null when the word is unknown (which the
    /// caller reports). The exact spelling counts first: "copper" the PCB defect is not "Copper" the material.
    /// </summary>
    public string? Resolve(string label) => _idByExactLabel.GetValueOrDefault(label) ?? _idByLabel.GetValueOrDefault(label.Trim());

    private static IEnumerable<string> Problems(VocabularyFile file)
    {
        if (file.SchemaVersion != 1)
        {
            yield return $"schemaVersion is {file.SchemaVersion}: expected 1.";
        }

        var ids = file.Defects.Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
        var causes = file.Causes.Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        var severities = file.Severities.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        var morphologies = file.Morphologies.Select(m => m.Id).ToHashSet(StringComparer.Ordinal);
        if (ids.Count != file.Defects.Count)
        {
            yield return "A defect's id occurs twice.";
        }

        foreach (var defect in file.Defects)
        {
            foreach (var cause in defect.Causes.Where(c => !causes.Contains(c)))
            {
                yield return $"Defect '{defect.Id}' names the unknown cause '{cause}'.";
            }

            if (!severities.Contains(defect.Severity) || !morphologies.Contains(defect.Morphology))
            {
                yield return $"Defect '{defect.Id}' has an unknown severity or morphology.";
            }
        }

        foreach (var (label, id) in file.Labels.Where(l => l.Value != NormalId && !ids.Contains(l.Value)))
        {
            yield return $"Label '{label}' means the unknown defect '{id}'.";
        }

        if (file.Locations.Count != 9)
        {
            yield return $"There are {file.Locations.Count} locations: expected the nine fields of the picture.";
        }
    }

    private static Vocabulary LoadShipped()
    {
        using var stream = typeof(Vocabulary).Assembly.GetManifestResourceStream("vocabulary.en.json")
            ?? throw new InvalidOperationException("The vocabulary is missing from this assembly.");
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return Parse(bytes.ToArray());
    }
}
