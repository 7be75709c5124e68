using System.Text.Json;
using IMDD.Learning.Weights.Files;

namespace IMDD.Learning.Weights.Inspection;

/// <summary>What belongs to a tokenizer: it has no weights, only sizes.</summary>
internal static class TokenizerInspector
{
    private const long MaxFileBytes = 32 << 20;

    /// <summary>A folder with a vocabulary and merges.</summary>
    /// <exception cref="WeightsException">One of them is malformed.</exception>
    public static ModelInspection OfFolder(string folder)
    {
        var files = TokenizerFiles.Open(folder);
        return Of("tokenizer", folder, new Dictionary<string, long>(StringComparer.Ordinal) { ["entries"] = files.Vocabulary.Count, ["merges"] = files.Merges.Count });
    }

    /// <summary>One of the two files alone, which its name tells; null: it is neither.</summary>
    /// <exception cref="WeightsException">It is malformed.</exception>
    public static ModelInspection? OfFile(string path) => Path.GetFileName(path) switch
    {
        TokenizerFiles.VocabularyFile => Of(
            "tokenizer vocabulary", path, new Dictionary<string, long>(StringComparer.Ordinal) { ["entries"] = TokenizerFiles.ReadVocabulary(path).Count }),
        TokenizerFiles.MergesFile => Of(
            "tokenizer merges", path, new Dictionary<string, long>(StringComparer.Ordinal) { ["merges"] = TokenizerFiles.ReadMerges(path, vocabulary: null).Count }),
        _ => null,
    };

    /// <summary>A JSON file of texts and the ids that a reference tokenizer gave them.</summary>
    /// <exception cref="WeightsException">It is something else.</exception>
    public static ModelInspection OfCases(string path)
    {
        if (new FileInfo(path).Length > MaxFileBytes)
        {
            throw new WeightsException($"{path}: larger than {MaxFileBytes} bytes; expected texts and their ids.");
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("cases", out var cases) || cases.ValueKind != JsonValueKind.Array)
            {
                throw new WeightsException($"{path}: JSON without a list 'cases' of texts and their ids; of a model or tokenizer, inspect the folder.");
            }

            List<int> lengths = [.. cases.EnumerateArray().Select((item, index) => LengthOf(path, item, index))];
            return Of(
                "tokenizer cases",
                path,
                new Dictionary<string, long>(StringComparer.Ordinal) { ["texts"] = lengths.Count, ["ids"] = lengths.Sum(), ["longest"] = lengths.DefaultIfEmpty(0).Max() });
        }
        catch (JsonException exception)
        {
            throw new WeightsException($"{path}: not JSON: {exception.Message}", exception);
        }
    }

    private static int LengthOf(string path, JsonElement item, int index)
        => item.ValueKind == JsonValueKind.Object
            && item.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
            && item.TryGetProperty("ids", out var ids) && ids.ValueKind == JsonValueKind.Array
            && ids.EnumerateArray().All(id => id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out var number) && number >= 0)
            ? ids.GetArrayLength()
            : throw new WeightsException($"{path}: case {index} is not a 'text' and its 'ids', whole numbers from 0.");

    private static ModelInspection Of(string kind, string path, Dictionary<string, long> counts) => new(
        kind,
        path,
        Parameters: 0,
        Bytes: 0,
        new Dictionary<string, int>(StringComparer.Ordinal),
        new Dictionary<string, IReadOnlyList<long>>(StringComparer.Ordinal),
        ModelMemory.Of(0),
        Layout: null,
        [])
    {
        Counts = counts,
    };
}
