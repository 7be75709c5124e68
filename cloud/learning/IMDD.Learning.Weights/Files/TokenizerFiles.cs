using System.Text;
using System.Text.Json;

namespace IMDD.Learning.Weights.Files;

/// <summary>The files of a byte-pair tokenizer in a model folder: <c>vocab.json</c> and <c>merges.txt</c>.</summary>
public sealed class TokenizerFiles
{
    /// <summary>Name of the file of ids.</summary>
    public const string VocabularyFile = "vocab.json";

    /// <summary>Name of the file of merges.</summary>
    public const string MergesFile = "merges.txt";

    private const long MaxFileBytes = 32 << 20;

    private TokenizerFiles(Dictionary<string, int> vocabulary, List<string> merges)
    {
        Vocabulary = vocabulary;
        Merges = merges;
    }

    /// <summary>Entries and their ids, which are 0 to their number less one.</summary>
    public IReadOnlyDictionary<string, int> Vocabulary { get; }

    /// <summary>Pairs of entries with a blank between, the first to be merged first.</summary>
    public IReadOnlyList<string> Merges { get; }

    /// <summary>Whether a folder has them.</summary>
    public static bool AreIn(string folder) => File.Exists(Path.Combine(folder, VocabularyFile)) && File.Exists(Path.Combine(folder, MergesFile));

    /// <summary>Reads the two files of a folder.</summary>
    /// <exception cref="WeightsException">A file is missing or malformed; it names the file and the entry.</exception>
    public static TokenizerFiles Open(string folder)
    {
        var vocabulary = ReadVocabulary(Path.Combine(folder, VocabularyFile));
        return new TokenizerFiles(vocabulary, ReadMerges(Path.Combine(folder, MergesFile), vocabulary));
    }

    /// <summary>Reads entries and their ids.</summary>
    /// <exception cref="WeightsException">The file is missing or malformed; it names the entry.</exception>
    public static Dictionary<string, int> ReadVocabulary(string file)
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

    /// <summary>Reads merges.</summary>
    /// <param name="file">The file.</param>
    /// <param name="vocabulary">What merges are made of and make; null: not known, so that only their form is looked at.</param>
    /// <exception cref="WeightsException">The file is missing or malformed; it names the line.</exception>
    public static List<string> ReadMerges(string file, Dictionary<string, int>? vocabulary)
    {
        var lines = Encoding.UTF8.GetString(ReadBounded(file)).Split('\n');
        List<string> merges = [];
        for (var number = 0; number < lines.Length; number++)
        {
            var line = lines[number].TrimEnd('\r');
            if (line.Length == 0 || number == 0 && line.StartsWith("#version", StringComparison.Ordinal))
            {
                continue;
            }

            var pair = line.Split(' ');
            merges.Add(pair.Length == 2 && Array.TrueForAll(pair, part => part.Length > 0)
                && (vocabulary is null || (Array.TrueForAll(pair, vocabulary.ContainsKey) && vocabulary.ContainsKey(pair[0] + pair[1])))
                ? line
                : throw new WeightsException(
                    $"{file}, line {number + 1}: '{(line.Length > 80 ? line[..80] + "…" : line)}'; expected two entries{(vocabulary is null ? "" : " of the vocabulary that make a third")}."));
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
}
