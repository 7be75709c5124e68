using IMDD.Imaging;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Splits;

/// <summary>Reads data sets and divides them: the one way in which training and evaluation both do it.</summary>
public sealed class DatasetDivider(IImageDecoder decoder)
{
    /// <summary>Reads and divides.</summary>
    /// <param name="names"><c>KEY:PATH</c> each.</param>
    /// <param name="rule">How.</param>
    /// <param name="strict">Stop at the first file that cannot be used.</param>
    /// <returns>In the order of <paramref name="names"/>.</returns>
    /// <exception cref="DatasetException">A data set cannot be read or divided so.</exception>
    public IReadOnlyList<DividedDataset> Read(IReadOnlyList<string> names, DivisionRule rule, bool strict = false)
    {
        var read = names.Concat(rule.With).Select(name => DatasetReaders.Read(name, strict)).ToList();
        if (!rule.Together && rule.With.Count == 0)
        {
            return [.. read.SelectMany(dataset => Divide([dataset], rule))];
        }

        return [.. Divide(read, rule).Take(names.Count)];
    }

    private List<DividedDataset> Divide(List<Dataset> datasets, DivisionRule rule)
    {
        List<DatasetSample> all = [.. datasets.SelectMany(d => d.Samples)];
        if (all.GroupBy(s => s.Id, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new DatasetException($"These data sets cannot be divided as one: picture '{twice.Key}' is in more than one of them by that name.");
        }

        var (joined, uncompared) = new DuplicateGroups(decoder).Join(all);
        var split = DatasetSplit.Of(joined, rule.TestGroups);
        List<DividedDataset> divided = [];
        var first = 0;
        foreach (var dataset in datasets)
        {
            List<DatasetSample> samples = [.. joined.Skip(first).Take(dataset.Samples.Count)];
            first += samples.Count;
            var ids = samples.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
            divided.Add(new DividedDataset(
                dataset with { Samples = samples, Problems = [.. dataset.Problems, .. uncompared.Where(p => ids.Contains(p.File))] }, split));
        }

        return divided;
    }
}
