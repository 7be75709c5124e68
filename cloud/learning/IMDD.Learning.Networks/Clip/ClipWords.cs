using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace IMDD.Learning.Networks.Clip;

/// <summary>
/// The words of CLIP's tokenizer in a cleaned text: names of special tokens, English endings, runs of letters, single digits, runs of signs; the first of these
/// that fits where the last word ended. By code points: letters beyond the basic plane are letters too, which .NET's regular expressions do not see.
/// </summary>
internal sealed class ClipWords : PreTokenizer
{
    /// <summary>Name of the token before every text.</summary>
    public const string StartOfText = "<|startoftext|>";

    /// <summary>Name of the token behind every text.</summary>
    public const string EndOfText = "<|endoftext|>";

    private static readonly string[] Whole = [StartOfText, EndOfText, "'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private const char LongS = 'ſ';

    // A mark whose capital is a letter: the scan for either case takes it neither for a letter nor for anything else, and passes over it.
    private const int IotaBelow = 0x345;

    private enum Sort
    {
        Space,
        Letter,
        Digit,
        Sign,
    }

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => Of(text);

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => Of(text);

    /// <summary>Where the words of a text are.</summary>
    public static List<(int Offset, int Length)> Of(ReadOnlySpan<char> text)
    {
        List<(int, int)> words = [];
        var from = 0;
        while (from < text.Length)
        {
            var (sort, length) = Next(text[from..]);
            length = WholeAt(text[from..]) ?? (sort is Sort.Letter or Sort.Sign ? Run(text[from..], sort) : length);
            if (sort != Sort.Space)
            {
                words.Add((from, length));
            }

            from += length;
        }

        return words;
    }

    private static int? WholeAt(ReadOnlySpan<char> text)
    {
        foreach (var word in Whole)
        {
            if (StartsWith(text, word))
            {
                return word.Length;
            }
        }

        return null;
    }

    // The scan is for either case, of which the long s is one that lower case leaves.
    private static bool StartsWith(ReadOnlySpan<char> text, string word)
    {
        var length = 0;
        while (length < word.Length && length < text.Length && (text[length] == word[length] || text[length] == LongS && word[length] == 's'))
        {
            length++;
        }

        return length == word.Length;
    }

    private static int Run(ReadOnlySpan<char> text, Sort sort)
    {
        var length = 0;
        while (length < text.Length && Next(text[length..]) is var next && next.Sort == sort)
        {
            length += next.Length;
        }

        return length;
    }

    private static (Sort Sort, int Length) Next(ReadOnlySpan<char> text)
    {
        // Half of a pair decodes to the replacement character, a sign.
        Rune.DecodeFromUtf16(text, out var rune, out var length);
        if (Rune.IsWhiteSpace(rune) || rune.Value == IotaBelow)
        {
            return (Sort.Space, length);
        }

        return (Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
                or UnicodeCategory.OtherLetter => Sort.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Sort.Digit,
            _ => Sort.Sign,
        }, length);
    }
}
