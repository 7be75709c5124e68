using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using IMDD.Learning.Weights;
using Microsoft.ML.Tokenizers;

namespace IMDD.Learning.Networks.Clip;

/// <summary>
/// CLIP's byte-pair tokenizer over a model folder's own <c>vocab.json</c> and <c>merges.txt</c>: entities decoded, white space folded, lower case,
/// then words, single digits and runs of signs, each merged from its bytes.
/// </summary>
public sealed partial class ClipTokenizer
{
    private const string StartOfText = "<|startoftext|>";
    private const string EndOfText = "<|endoftext|>";
    private const string EndOfWord = "</w>";
    private const long MaxFileBytes = 32 << 20;

    private readonly BpeTokenizer _pairs;

    private ClipTokenizer(BpeTokenizer pairs, int start, int end)
    {
        _pairs = pairs;
        Start = start;
        End = end;
    }

    /// <summary>The id every text begins with.</summary>
    public int Start { get; }

    /// <summary>The id every text ends with, the largest of all, and the padding after it.</summary>
    public int End { get; }

    /// <summary>Reads the two files of a folder.</summary>
    /// <exception cref="WeightsException">A file is missing or malformed; it names the file and the entry.</exception>
    public static ClipTokenizer Open(string folder)
    {
        var vocabularyFile = Path.Combine(folder, "vocab.json");
        var mergesFile = Path.Combine(folder, "merges.txt");
        var vocabulary = ReadVocabulary(vocabularyFile);
        var merges = ReadMerges(mergesFile, vocabulary);
        if (!vocabulary.TryGetValue(StartOfText, out var start) || !vocabulary.TryGetValue(EndOfText, out var end) || end != vocabulary.Count - 1)
        {
            throw new WeightsException($"{vocabularyFile}: expected {StartOfText}, and {EndOfText} as the largest id.");
        }

        var options = new BpeOptions(vocabulary)
        {
            Merges = merges,
            PreTokenizer = new RegexPreTokenizer(Words(), null),
            EndOfWordSuffix = EndOfWord,
            ByteLevel = true,
        };
        return new ClipTokenizer(BpeTokenizer.Create(options), start, end);
    }

    /// <summary>A text's ids, start and end included.</summary>
    public IReadOnlyList<int> Encode(string text) => [Start, .. _pairs.EncodeToIds(Clean(text)), End];

    /// <summary>A text's ids in a context of fixed length: cut where longer, with the end kept; filled up with the end where shorter.</summary>
    /// <param name="text">The text.</param>
    /// <param name="context">Length, at least 2.</param>
    public long[] Encode(string text, int context)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(context, 2);
        var ids = new long[context];
        Array.Fill(ids, End);
        var encoded = Encode(text);
        for (var index = 0; index < Math.Min(context - 1, encoded.Count); index++)
        {
            ids[index] = encoded[index];
        }

        return ids;
    }

    private static string Clean(string text) => WhiteSpace().Replace(WebUtility.HtmlDecode(WebUtility.HtmlDecode(text)), " ").Trim().ToLowerInvariant();

    private static Dictionary<string, int> ReadVocabulary(string file)
    {
        Dictionary<string, int> vocabulary = new(StringComparer.Ordinal);
        HashSet<int> ids = [];
        try
        {
            using var document = JsonDocument.Parse(ReadBounded(file));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new WeightsException($"{file}: {document.RootElement.ValueKind}; expected an object of ids.");
            }

            foreach (var entry in document.RootElement.EnumerateObject())
            {
                if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out var id) || id < 0
                    || !ids.Add(id) || !vocabulary.TryAdd(entry.Name, id))
                {
                    throw new WeightsException($"{file}: '{entry.Name}' is {entry.Value.GetRawText()}; expected an id of its own from 0, once.");
                }
            }
        }
        catch (JsonException exception)
        {
            throw new WeightsException($"{file}: not JSON: {exception.Message}", exception);
        }

        return ids.Count > 0 && ids.Max() == ids.Count - 1 ? vocabulary : throw new WeightsException($"{file}: {ids.Count} ids; expected 0 to their number less one.");
    }

    private static List<string> ReadMerges(string file, Dictionary<string, int> vocabulary)
    {
        var lines = System.Text.Encoding.UTF8.GetString(ReadBounded(file)).Split('\n');
        List<string> merges = [];
        for (var number = 0; number < lines.Length; number++)
        {
            var line = lines[number].TrimEnd('\r');
            if (line.Length == 0 || number == 0 && line.StartsWith("#version", StringComparison.Ordinal))
            {
                continue;
            }

            var pair = line.Split(' ');
            merges.Add(pair.Length == 2 && Array.TrueForAll(pair, vocabulary.ContainsKey) && vocabulary.ContainsKey(pair[0] + pair[1])
                ? line
                : throw new WeightsException($"{file}, line {number + 1}: '{line}'; expected two entries of the vocabulary that make a third."));
        }

        return merges;
    }

    private static byte[] ReadBounded(string file)
    {
        FileInfo information = new(file);
        return !information.Exists ? throw new WeightsException($"{file}: no such file.")
            : information.Length > MaxFileBytes ? throw new WeightsException($"{file}: larger than {MaxFileBytes} bytes.")
            : File.ReadAllBytes(file);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+", RegexOptions.IgnoreCase)]
    private static partial Regex Words();
}
