using IMDD.Learning.Datasets.Words;

namespace IMDD.Learning.Evaluation.Reports;

/// <summary>Classes by what they mean, so that a model's "pit" and a data set's "Pitting" are one.</summary>
internal sealed class ClassMeanings
{
    /// <summary>Why a metric by class has no value.</summary>
    public static readonly MetricValue NotShared = MetricValue.NaN("the model has none of the data set's classes");

    private readonly Vocabulary _vocabulary;
    private readonly HashSet<string> _model;
    private readonly SortedSet<string> _unknown = new(StringComparer.Ordinal);

    public ClassMeanings(Vocabulary vocabulary, IReadOnlyList<string> modelClasses)
        => (_vocabulary, _model) = (vocabulary, modelClasses.Select(c => vocabulary.Resolve(c) ?? c).ToHashSet(StringComparer.Ordinal));

    /// <summary>True when the model can name at least one class that was met in the truth.</summary>
    public bool Shared { get; private set; }

    /// <summary>Names in the truth that the vocabulary does not know.</summary>
    public IReadOnlyCollection<string> Unknown => _unknown;

    /// <summary>Meaning of a model's word.</summary>
    public string OfModel(string name) => _vocabulary.Resolve(name) ?? name;

    /// <summary>Meaning of a data set's word.</summary>
    public string OfTruth(string name)
    {
        var id = _vocabulary.Resolve(name);
        if (id is null)
        {
            _unknown.Add(name);
        }

        Shared |= _model.Contains(id ?? name);
        return id ?? name;
    }
}
