using System.Security.Cryptography;
using System.Text;
using IMDD.Contracts.Identity;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Splits;

/// <summary>
/// Train, validation and test, 55/15/30 by group: a function of the data alone, the same on every machine and for every seed. Groups are
/// dealt stratum by stratum (the classes they hold), each to the side that is furthest below its share, in an order given by their hash.
/// </summary>
public sealed class DatasetSplit
{
    private static readonly double[] Shares = [0.55, 0.15, 0.30];

    private readonly Dictionary<string, SplitName> _sideOf;

    private DatasetSplit(Dictionary<string, SplitName> sideOf, string id) => (_sideOf, Id) = (sideOf, id);

    /// <summary>
    /// Digest of every sample's id, group and side: two data sets with the same id are split alike, and a model's bundle names the split it was
    /// trained by.
    /// </summary>
    public string Id { get; }

    /// <summary>Splits a data set.</summary>
    public static DatasetSplit Of(IReadOnlyList<DatasetSample> samples)
    {
        var groups = samples.GroupBy(s => s.Group, StringComparer.Ordinal)
            .Select(g => new Group(g.Key, g.Count(), Stratum(g), Hash(g.Key)))
            .OrderBy(g => g.Stratum, StringComparer.Ordinal).ThenByDescending(g => g.Size).ThenBy(g => g.Hash, StringComparer.Ordinal)
            .ToList();
        Dictionary<string, SplitName> sideOfGroup = new(StringComparer.Ordinal);
        foreach (var stratum in groups.GroupBy(g => g.Stratum, StringComparer.Ordinal))
        {
            Deal([.. stratum], sideOfGroup);
        }

        var sideOf = samples.ToDictionary(s => s.Id, s => sideOfGroup[s.Group], StringComparer.Ordinal);
        return new DatasetSplit(sideOf, Digest(samples, sideOf));
    }

    /// <summary>The side of a sample.</summary>
    /// <exception cref="KeyNotFoundException">The sample is not of this data set.</exception>
    public SplitName Of(DatasetSample sample) => _sideOf[sample.Id];

    /// <summary>The samples of one side, in their own order.</summary>
    public IReadOnlyList<DatasetSample> Take(IEnumerable<DatasetSample> samples, SplitName side) => [.. samples.Where(s => _sideOf[s.Id] == side)];

    private static void Deal(List<Group> groups, Dictionary<string, SplitName> sideOfGroup)
    {
        // Equal sizes are the rule; then the order is the hash's. Large groups go first, while every side still has room for them.
        var total = groups.Sum(g => g.Size);
        var dealt = new double[Shares.Length];
        foreach (var group in groups)
        {
            var side = 0;
            for (var candidate = 1; candidate < Shares.Length; candidate++)
            {
                if (Shares[candidate] * total - dealt[candidate] > Shares[side] * total - dealt[side])
                {
                    side = candidate;
                }
            }

            dealt[side] += group.Size;
            sideOfGroup[group.Key] = (SplitName)side;
        }
    }

    private static string Stratum(IEnumerable<DatasetSample> group)
    {
        var members = group.ToList();
        var category = members.Select(s => s.Category ?? "").Order(StringComparer.Ordinal).First();
        var classes = members.SelectMany(s => s.Classes).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return $"{category}\n{string.Join('\n', classes)}";
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Digest(IReadOnlyList<DatasetSample> samples, Dictionary<string, SplitName> sideOf)
    {
        StringBuilder text = new();
        foreach (var sample in samples.OrderBy(s => s.Id, StringComparer.Ordinal))
        {
            text.Append(sample.Id).Append('\t').Append(sample.Group).Append('\t').Append(sideOf[sample.Id]).Append('\n');
        }

        return ContentDigest.Of(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private sealed record Group(string Key, int Size, string Stratum, string Hash);
}
