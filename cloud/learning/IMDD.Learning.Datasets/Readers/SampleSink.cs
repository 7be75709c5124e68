using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>Collects what a reader finds. In strict mode the first unusable file ends the reading.</summary>
public sealed class SampleSink(bool strict)
{
    private readonly SortedDictionary<string, DatasetSample> _samples = new(StringComparer.Ordinal);
    private readonly List<FileProblem> _problems = [];

    /// <summary>In ordinal order of their ids.</summary>
    public IReadOnlyList<DatasetSample> Samples => [.. _samples.Values];

    /// <summary>In the order of reading.</summary>
    public IReadOnlyList<FileProblem> Problems => _problems;

    /// <summary>Adds a sample; a second one of the same id is reported.</summary>
    public void Add(DatasetSample sample)
    {
        if (!_samples.TryAdd(sample.Id, sample))
        {
            Report(sample.Id, "It is listed twice; the first listing stands.");
        }
    }

    /// <summary>Reports a file that cannot be used.</summary>
    /// <exception cref="DatasetException">In strict mode.</exception>
    public void Report(string file, string reason)
    {
        if (strict)
        {
            throw new DatasetException($"{file}: {reason}");
        }

        _problems.Add(new FileProblem(file, reason));
    }

    /// <summary>Runs <paramref name="read"/> and reports <paramref name="file"/> if its content cannot be used.</summary>
    public void Try(string file, Action read)
    {
        try
        {
            read();
        }
        catch (AnnotationException e)
        {
            Report(file, e.Message);
        }
    }
}
