using System.Text.Json.Serialization;
using IMDD.Learning.Datasets.Words;
using IMDD.Synthetics.Looks;

namespace IMDD.Learning.Training.Models;

/// <summary>A class that a model can name.</summary>
/// <param name="Id">Stable id: the vocabulary's, or the data set's own word where the vocabulary has none.</param>
/// <param name="Name">The word.</param>
/// <param name="Synonyms">Other words for it.</param>
/// <param name="Severity"><c>minor</c>, <c>major</c> or <c>critical</c>.</param>
public sealed record TrainedClass(string Id, string Name, IReadOnlyList<string> Synonyms, string Severity)
{
    private const string DefaultSeverity = "major";

    /// <summary>What its row of text is made of; null: its name and synonyms.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? RowTexts { get; init; }

    /// <summary>The class of a data set's label; null for a label that means nothing is wrong.</summary>
    public static TrainedClass? Of(string label, Vocabulary vocabulary)
    {
        var id = vocabulary.Resolve(label);
        if (id == Vocabulary.NormalId)
        {
            return null;
        }

        if (id is null)
        {
            return new TrainedClass(label, label, DefectLooks.Find(label) is { } look ? LookWords.Synonyms(look) : [], DefaultSeverity);
        }

        var term = vocabulary.Defect(id);
        return new TrainedClass(id, term.Name, term.Synonyms, term.Severity);
    }
}
