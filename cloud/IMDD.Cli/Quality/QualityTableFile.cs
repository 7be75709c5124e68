using System.Text.Json;
using System.Text.Json.Serialization;
using IMDD.Hosting;

namespace IMDD.Cli.Quality;

/// <summary>Reads a table's definition: the shipped one, or a file of the same form.</summary>
internal static class QualityTableFile
{
    private const int MaxBytes = 1 << 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Reads and checks.</summary>
    /// <param name="path">The file; null: the table that ships with this program.</param>
    /// <exception cref="CommandFailedException">Not a definition; the message names every problem.</exception>
    public static QualityTable Read(string? path)
    {
        try
        {
            var table = JsonSerializer.Deserialize<QualityTable>(path is null ? Shipped() : Bounded(path), Json);
            var problems = table is null ? ["it is null"] : Problems(table).ToList();
            return problems.Count == 0 ? table! : throw Invalid(string.Join("; ", problems), null);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw Invalid(e.Message, e);
        }

        CommandFailedException Invalid(string reason, Exception? inner)
            => new($"{path ?? "The shipped table"} does not define a quality table: {reason}", ExitCodes.ConfigurationInvalid, inner);
    }

    private static byte[] Bounded(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > MaxBytes)
        {
            throw new IOException($"{path} has {file.Length} bytes: expected at most {MaxBytes}.");
        }

        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] Shipped()
    {
        using var stream = typeof(QualityTableFile).Assembly.GetManifestResourceStream("quality.json")
            ?? throw new InvalidOperationException("The table is missing from this assembly.");
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static IEnumerable<string> Problems(QualityTable table)
    {
        if (table.Rows.Count == 0)
        {
            yield return "it has no rows";
        }

        foreach (var twice in table.Rows.GroupBy(r => r.Id, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            yield return $"row '{twice.Key}' is there twice";
        }

        foreach (var row in table.Rows)
        {
            foreach (var problem in Problems(row))
            {
                yield return $"row '{row.Id}' {problem}";
            }
        }
    }

    private static IEnumerable<string> Problems(QualityRow row)
    {
        if (!IsName(row.Id) || !row.Trainings.All(t => IsName(t.Name)))
        {
            yield return "or a training of it has a name with other than letters, digits and dashes";
        }

        HashSet<string> trained = new(StringComparer.Ordinal);
        foreach (var training in row.Trainings)
        {
            if (training.EqualTo is { } other && !(trained.Contains(other) && training.Data.All(row.Trainings.First(t => t.Name == other).Data.Contains)))
            {
                yield return $"trains '{training.Name}' equal to '{other}', which is no earlier training on the same data and more";
            }

            if (!trained.Add(training.Name) || training.Data.Count == 0 || training.Share is not (> 0 and <= 1))
            {
                yield return $"trains '{training.Name}' twice, from nothing, or for a share that is not above 0 and at most 1";
            }
        }

        HashSet<string> measured = new(StringComparer.Ordinal);
        foreach (var measurement in row.Measurements)
        {
            var several = measurement.Measure == QualityMeasure.Naming ? int.MaxValue : 1;
            if (!measured.Add(measurement.Name) || measurement.Parts.Count == 0 || measurement.Side is not ("test" or "val" or "train" or "all"))
            {
                yield return $"measures '{measurement.Name}' twice, on nothing, or on the side '{measurement.Side}'";
            }

            if (measurement.Parts.FirstOrDefault(p => !trained.Contains(p.Training) || p.Data.Count == 0 || p.Data.Count > several) is { } part)
            {
                yield return $"measures in '{measurement.Name}' the training '{part.Training}', which it lacks, or {part.Data.Count} data sets at once";
            }

            if (measurement.Measure == QualityMeasure.Naming && measurement.Parts.Count > 1)
            {
                yield return $"pools naming in '{measurement.Name}': expected one part";
            }
        }

        foreach (var figure in row.Figures.Where(f => !measured.Contains(f.Measurement) || (f.Minus is { } minus && !measured.Contains(minus))))
        {
            yield return $"shows '{figure.Label}' of a measurement that it lacks";
        }

        if (row.Figures.Count == 0)
        {
            yield return "has no figures";
        }
    }

    private static bool IsName(string name) => name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
