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
    // With fewer groups than this beside chosen test groups, one of them is too much to give up for validation.
    private const int FewGroups = 8;
    private const int MaxNamedGroups = 12;

    private static readonly double[] Shares = [0.55, 0.15, 0.30];
    private static readonly double[] SharesBesideTest = [0.55 / 0.7, 0.15 / 0.7];

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
        var sideOfGroup = Deal(samples, s => s.Group, Stratum, Shares);
        return Of(samples, s => sideOfGroup[s.Group]);
    }

    /// <summary>
    /// Splits a data set with chosen groups as its test side, as leaving one out does. The rest is dealt 55/15 by group; where fewer than eight
    /// groups are left, by picture, so that every group is learned from: then training and validation share groups, and the test side none.
    /// </summary>
    /// <param name="samples">The data set.</param>
    /// <param name="testGroups">Group keys; empty: as without.</param>
    /// <exception cref="DatasetException">There is no such group, or nothing is left beside them.</exception>
    public static DatasetSplit Of(IReadOnlyList<DatasetSample> samples, IReadOnlyCollection<string> testGroups)
    {
        if (testGroups.Count == 0)
        {
            return Of(samples);
        }

        var groups = samples.Select(s => s.Group).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (testGroups.FirstOrDefault(g => !groups.Contains(g, StringComparer.Ordinal)) is { } unknown)
        {
            throw new DatasetException(
                $"The data has no group '{unknown}': expected one of {string.Join(", ", groups.Take(MaxNamedGroups))}{(groups.Count > MaxNamedGroups ? ", …" : "")}.");
        }

        var rest = samples.Where(s => !testGroups.Contains(s.Group, StringComparer.Ordinal)).ToList();
        if (rest.Count == 0)
        {
            throw new DatasetException($"The groups {string.Join(", ", testGroups)} are all of the data: nothing is left to train on.");
        }

        var isCoarse = groups.Count - testGroups.Count < FewGroups;
        Func<DatasetSample, string> key = isCoarse ? s => s.Id : s => s.Group;
        var sides = Deal(rest, key, isCoarse ? _ => "" : Stratum, SharesBesideTest);
        return Of(samples, s => testGroups.Contains(s.Group, StringComparer.Ordinal) ? SplitName.Test : sides[key(s)]);
    }

    /// <summary>The side of a sample.</summary>
    /// <exception cref="KeyNotFoundException">The sample is not of this data set.</exception>
    public SplitName Of(DatasetSample sample) => _sideOf[sample.Id];

    /// <summary>The samples of one side, in their own order.</summary>
    public IReadOnlyList<DatasetSample> Take(IEnumerable<DatasetSample> samples, SplitName side) => [.. samples.Where(s => _sideOf[s.Id] == side)];

    private static DatasetSplit Of(IReadOnlyList<DatasetSample> samples, Func<DatasetSample, SplitName> side)
    {
        var sideOf = samples.ToDictionary(s => s.Id, side, StringComparer.Ordinal);
        return new DatasetSplit(sideOf, Digest(samples, sideOf));
    }

    private static Dictionary<string, SplitName> Deal(
        IReadOnlyList<DatasetSample> samples, Func<DatasetSample, string> key, Func<IEnumerable<DatasetSample>, string> stratum, double[] shares)
    {
        var groups = samples.GroupBy(key, StringComparer.Ordinal)
            .Select(g => new Group(g.Key, g.Count(), stratum(g), Hash(g.Key)))
            .OrderBy(g => g.Stratum, StringComparer.Ordinal).ThenByDescending(g => g.Size).ThenBy(g => g.Hash, StringComparer.Ordinal)
            .ToList();
        Dictionary<string, SplitName> sideOfGroup = new(StringComparer.Ordinal);
        foreach (var alike in groups.GroupBy(g => g.Stratum, StringComparer.Ordinal))
        {
            Deal([.. alike], sideOfGroup, shares);
        }

        return sideOfGroup;
    }

    private static void Deal(List<Group> groups, Dictionary<string, SplitName> sideOfGroup, double[] shares)
    {
        // Equal sizes are the rule; then the order is the hash's. Large groups go first, while every side still has room for them.
        var total = groups.Sum(g => g.Size);
        var dealt = new double[shares.Length];
        foreach (var group in groups)
        {
            var side = 0;
            for (var candidate = 1; candidate < shares.Length; candidate++)
            {
                if (shares[candidate] * total - dealt[candidate] > shares[side] * total - dealt[side])
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
