using System.Security.Cryptography;
using System.Text;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Splits;

/// <summary>
/// k training pictures for each class, all where it has fewer, drawn by seed from the training side only. Each class is drawn for by itself: where
/// pictures show several, one may be seen in more than k, those that were drawn for the others. Draws are nested: those of a smaller k are among those
/// of a larger one with the same seed. Normal pictures all stay.
/// </summary>
public static class KShot
{
    /// <summary>The ks of the protocol.</summary>
    public static IReadOnlyList<int> Protocol { get; } = [1, 5, 10, 25, 50, 100, 200];

    /// <summary>Draws.</summary>
    /// <param name="train">The training side.</param>
    /// <param name="k">Pictures drawn for each class, at least 1.</param>
    /// <param name="seed">Recorded with the run.</param>
    public static IReadOnlyList<DatasetSample> Draw(IReadOnlyList<DatasetSample> train, int k, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        HashSet<string> kept = new(StringComparer.Ordinal);
        foreach (var name in train.SelectMany(s => s.Classes).Distinct(StringComparer.Ordinal))
        {
            kept.UnionWith(train.Where(s => s.Classes.Contains(name, StringComparer.Ordinal))
                .OrderBy(s => Order(s.Id, seed), StringComparer.Ordinal)
                .Take(k)
                .Select(s => s.Id));
        }

        return [.. train.Where(s => !s.IsAnomalous || kept.Contains(s.Id))];
    }

    private static string Order(string id, int seed) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}\n{id}")));
}
