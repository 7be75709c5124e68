using System.Globalization;
using System.Text;

namespace IMDD.Learning.Networks.Clip;

/// <summary>
/// Lower case by the full mapping of Unicode without a language, as Python's <c>str.lower</c> (Unicode 3.13 and SpecialCasing.txt): a Σ that ends a word becomes ς, and İ
/// an i with a dot above.
/// </summary>
internal static class LowerCase
{
    private static readonly Rune CapitalSigma = new('Σ');
    private static readonly Rune DottedI = new('İ');

    // Signs within a word that have no category of their own (Word_Break: MidLetter, MidNumLet, Single_Quote).
    private const string WithinWords = "'.:·\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A";

    /// <summary>The text in lower case.</summary>
    public static string Of(string text)
    {
        if (!text.Contains('Σ', StringComparison.Ordinal) && !text.Contains('İ', StringComparison.Ordinal))
        {
            return text.ToLowerInvariant();
        }

        Rune[] runes = [.. text.EnumerateRunes()];
        StringBuilder lower = new(text.Length + 1);
        for (var at = 0; at < runes.Length; at++)
        {
            lower.Append(
                runes[at] == DottedI ? "i\u0307"
                : runes[at] != CapitalSigma ? Rune.ToLowerInvariant(runes[at]).ToString()
                : EndsWord(runes.AsSpan(0, at), runes.AsSpan(at + 1)) ? "ς" : "σ");
        }

        return lower.ToString();
    }

    private static bool EndsWord(ReadOnlySpan<Rune> before, ReadOnlySpan<Rune> after)
    {
        while (!before.IsEmpty && IsIgnorable(before[^1]))
        {
            before = before[..^1];
        }

        while (!after.IsEmpty && IsIgnorable(after[0]))
        {
            after = after[1..];
        }

        return !before.IsEmpty && IsCased(before[^1]) && (after.IsEmpty || !IsCased(after[0]));
    }

    private static bool IsIgnorable(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
        || rune.IsBmp && WithinWords.Contains((char)rune.Value, StringComparison.Ordinal);

    // Beside letters with case: the ordinals ª and º, Roman numerals, and letters in circles and squares.
    private static bool IsCased(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        || rune.Value is 0xAA or 0xBA or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9)
            or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);
}
