using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IMDD.Cli.Quality;

/// <summary>A folder of results, one file per row and seed, each there whole or not at all.</summary>
internal sealed class QualityResults(string folder)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The result of a row and seed; null where there is none.</summary>
    /// <exception cref="CommandFailedException">The file is not one; it is left as it is.</exception>
    public QualityResult? Read(string row, int seed)
    {
        var path = PathOf(row, seed);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var result = JsonSerializer.Deserialize<QualityResult>(File.ReadAllBytes(path), Json);
            return result is not null && result.Row == row && result.Seed == seed
                ? result
                : throw new CommandFailedException($"{path} is not the result of row '{row}' and seed {seed}: remove it to make it anew.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{path} cannot be read: {e.Message} Remove it to make it anew.", inner: e);
        }
    }

    /// <summary>All seeds of a row that are there, in order.</summary>
    public IReadOnlyList<QualityResult> OfRow(string row)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        List<QualityResult> results = [];
        foreach (var file in Directory.EnumerateFiles(folder, $"{row}.seed*.json"))
        {
            var digits = Path.GetFileNameWithoutExtension(file)[(row.Length + ".seed".Length)..];
            if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) && Read(row, seed) is { } result)
            {
                results.Add(result);
            }
        }

        return [.. results.OrderBy(r => r.Seed)];
    }

    /// <summary>Keeps a result.</summary>
    /// <exception cref="CommandFailedException">It cannot be written.</exception>
    public void Write(QualityResult result)
    {
        var path = PathOf(result.Row, result.Seed);
        var unfinished = path + ".partial";
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(unfinished, JsonSerializer.Serialize(result, Json) + "\n");
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{path} cannot be written: {e.Message} What was trained for it is kept: --resume goes on from there.", inner: e);
        }
    }

    private string PathOf(string row, int seed) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{row}.seed{seed}.json"));
}
