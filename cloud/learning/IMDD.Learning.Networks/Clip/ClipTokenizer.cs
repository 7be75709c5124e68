using System.Text.RegularExpressions;
using IMDD.Learning.Weights;
using IMDD.Learning.Weights.Files;
using Microsoft.ML.Tokenizers;

namespace IMDD.Learning.Networks.Clip;

/// <summary>
/// CLIP's byte-pair tokenizer over a model folder's own <c>vocab.json</c> and <c>merges.txt</c>: entities decoded, white space folded, lower case,
/// then words, single digits and runs of signs, each merged from its bytes.
/// </summary>
public sealed partial class ClipTokenizer
{
    private const string EndOfWord = "</w>";

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
        var files = TokenizerFiles.Open(folder);
        var vocabulary = files.Vocabulary;
        if (!vocabulary.TryGetValue(ClipWords.StartOfText, out var start) || !vocabulary.TryGetValue(ClipWords.EndOfText, out var end) || end != vocabulary.Count - 1)
        {
            throw new WeightsException($"{Path.Combine(folder, TokenizerFiles.VocabularyFile)}: expected {ClipWords.StartOfText}, and {ClipWords.EndOfText} as the largest id.");
        }

        var options = new BpeOptions(vocabulary)
        {
            Merges = files.Merges,
            PreTokenizer = new ClipWords(),
            EndOfWordSuffix = EndOfWord,
            ByteLevel = true,
        };
        return new ClipTokenizer(BpeTokenizer.Create(options), start, end);
    }

    /// <summary>A text's ids, start and end included. The names of these two within the text, where a word may begin, are their ids, as in OpenAI's tokenizer.</summary>
    public IReadOnlyList<int> Encode(string text)
    {
        var clean = Clean(text);
        List<int> ids = [Start];
        var from = 0;
        if (clean.Contains("<|", StringComparison.Ordinal))
        {
            // Only where the scan for words arrives at them: behind another sign they are signs and letters.
            foreach (var (offset, length) in ClipWords.Of(clean))
            {
                var word = clean.AsSpan(offset, length);
                if (word is ClipWords.StartOfText or ClipWords.EndOfText)
                {
                    ids.AddRange(_pairs.EncodeToIds(clean[from..offset]));
                    ids.Add(word is ClipWords.StartOfText ? Start : End);
                    from = offset + length;
                }
            }
        }

        ids.AddRange(_pairs.EncodeToIds(clean[from..]));
        ids.Add(End);
        return ids;
    }

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

    private static string Clean(string text)
        => LowerCase.Of(WhiteSpace().Replace(Edges().Replace(CharacterReferences.Decode(CharacterReferences.Decode(text)), ""), " "));

    // Python strips information separators too, which its white space within a text does not have.
    [GeneratedRegex(@"^[\s\u001C-\u001F]+|[\s\u001C-\u001F]+\z")]
    private static partial Regex Edges();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
