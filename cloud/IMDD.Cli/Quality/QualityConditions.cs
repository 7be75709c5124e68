using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using IMDD.Contracts.Identity;

namespace IMDD.Cli.Quality;

/// <summary>What decides a result beside its row's name, its seed and the code: results of one table are made alike.</summary>
/// <param name="Minutes">CPU-minutes of training that it was allowed.</param>
/// <param name="Size">Of the networks.</param>
/// <param name="From">Digest of the bundle that trainings start from; null: from nothing.</param>
/// <param name="Definition">Digest of what the row trains and measures. Goals and labels are no part of it.</param>
internal sealed record QualityConditions(double Minutes, string Size, string? From, string Definition)
{
    // What is left out is what a later version may add to a definition without changing it.
    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    /// <summary>Those of a row.</summary>
    /// <param name="row">What is made.</param>
    /// <param name="minutes">CPU-minutes of training.</param>
    /// <param name="size">Of the networks.</param>
    /// <param name="from">Digest of the bundle that was given to start from; null: none.</param>
    public static QualityConditions Of(QualityRow row, double minutes, string size, string? from) => new(
        minutes, size, row.Trainings.Any(t => t.Pretrained) ? from : null,
        ContentDigest.Of(JsonSerializer.SerializeToUtf8Bytes(new { row.Trainings, row.Measurements }, Json)));

    /// <summary>How others differ from these, both said; null where they are equal.</summary>
    public string? Difference(QualityConditions others)
    {
        List<string> differences = [];
        Compare("--minutes", Minutes.ToString(CultureInfo.InvariantCulture), others.Minutes.ToString(CultureInfo.InvariantCulture));
        Compare("--size", Size, others.Size);
        Compare("--from", From ?? "nothing", others.From ?? "nothing");
        Compare("what the row trains and measures", Definition, others.Definition);
        return differences.Count == 0 ? null : string.Join("; ", differences);

        void Compare(string what, string own, string other)
        {
            if (own != other)
            {
                differences.Add($"{what}: {own}, and here {other}");
            }
        }
    }
}
