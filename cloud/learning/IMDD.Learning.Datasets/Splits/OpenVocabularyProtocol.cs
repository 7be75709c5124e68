using System.Security.Cryptography;
using System.Text;

namespace IMDD.Learning.Datasets.Splits;

/// <summary>
/// Base names to train on and novel ones to test with. The choice is a function of the names alone: of the names that could be novel, every third
/// in the order of their hash.
/// </summary>
public sealed class OpenVocabularyProtocol
{
    private const int NovelEvery = 3;

    private readonly HashSet<string> _base;
    private readonly HashSet<string> _words;

    /// <summary>Divides names.</summary>
    public OpenVocabularyProtocol(IEnumerable<string> names)
    {
        var ordered = names.Distinct(StringComparer.Ordinal)
            .OrderBy(n => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(n))), StringComparer.Ordinal).ToList();
        _base = ordered.Where((_, i) => i % NovelEvery != 0).ToHashSet(StringComparer.Ordinal);
        _words = _base.SelectMany(Words).ToHashSet(StringComparer.OrdinalIgnoreCase);
        BaseNames = [.. ordered.Where(_base.Contains).Order(StringComparer.Ordinal)];
        NovelNames = [.. ordered.Where(n => !_base.Contains(n)).Order(StringComparer.Ordinal)];
    }

    /// <summary>With base names that were chosen otherwise: those of a trained model.</summary>
    public OpenVocabularyProtocol(IEnumerable<string> baseNames, IEnumerable<string> novelNames)
    {
        _base = baseNames.ToHashSet(StringComparer.Ordinal);
        _words = _base.SelectMany(Words).ToHashSet(StringComparer.OrdinalIgnoreCase);
        BaseNames = [.. _base.Order(StringComparer.Ordinal)];
        NovelNames = [.. novelNames.Where(n => !_base.Contains(n)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Trained on.</summary>
    public IReadOnlyList<string> BaseNames { get; }

    /// <summary>Only tested with.</summary>
    public IReadOnlyList<string> NovelNames { get; }

    /// <summary>The tier of any name.</summary>
    public NameTier TierOf(string name)
        => _base.Contains(name) ? NameTier.SeenName
        : Words(name).All(_words.Contains) ? NameTier.UnseenComposition
        : NameTier.UnseenWord;

    private static string[] Words(string name) => name.Split([' ', '-', '_'], StringSplitOptions.RemoveEmptyEntries);
}
