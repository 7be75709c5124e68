using System.Text.Json.Serialization;

namespace IMDD.Learning.Training.Models;

/// <summary>What a model was trained from.</summary>
/// <param name="Data">The data sets as they were named.</param>
/// <param name="SplitIds">
/// Their splits, in the same order, as <see cref="Datasets.Splits.LearnedSplits"/> says them. Models of earlier versions have the id alone also of what was
/// learned as a whole.
/// </param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Steps">Steps taken.</param>
/// <param name="Parent">Digest of the weights it started from; null from nothing.</param>
public sealed record EdgeModelLineage(IReadOnlyList<string> Data, IReadOnlyList<string> SplitIds, int Seed, long Steps, string? Parent)
{
    /// <summary>The data sets of all trainings before it, back to the one that began from nothing; null where that is not known, or there was none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? EarlierData { get; init; }

    /// <summary>Splits of what trainings before it learned as a whole, as <see cref="Datasets.Splits.LearnedSplits"/> says them; null where there is none, or it is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? EarlierWhole { get; init; }

    /// <summary>All that is known of splits: its own, then those of before.</summary>
    [JsonIgnore]
    public IEnumerable<string> KnownSplits => SplitIds.Concat(EarlierWhole ?? []);

    /// <summary>Digest of the pictures that were learned from and judged by, with their truth; null where it was not kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DataDigest { get; init; }

    /// <summary>Commit of the code that trained; null where that was not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CodeCommit { get; init; }

    /// <summary>Seed of the defects that were painted on the pictures it was judged by; null where these are as the data sets have them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? PaintedSeed { get; init; }
}
