using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Html;

namespace IMDD.Learning.Networks.Clip;

/// <summary>
/// HTML's character references in a text, decoded as Python's <c>html.unescape</c> does: numbers in either base, every name of HTML 5, and the longest beginning that
/// is a name where the semicolon is missing (HTML Living Standard, 13.2.5.72 to 13.2.5.84, as text outside attributes).
/// </summary>
internal static partial class CharacterReferences
{
    private const int ShortestName = 2;
    private const int FirstOfWindows = 0x80;
    private const int PlaneMask = 0xFFFE;
    private const string Replacement = "\uFFFD";

    // What a browser makes of 80 to 9F: Windows-1252, and the number itself where that has nothing.
    private const string Windows = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ";

    /// <summary>The text with its references decoded, once.</summary>
    public static string Decode(string text) => text.Contains('&', StringComparison.Ordinal) ? Reference().Replace(text, Meaning) : text;

    private static string Meaning(Match match)
    {
        var number = match.Groups["number"];
        if (number.Success)
        {
            return Character(number.ValueSpan);
        }

        var name = match.Groups["name"].ValueSpan;
        for (var length = name.Length; length >= ShortestName; length--)
        {
            if (HtmlEntityProvider.Resolver.GetSymbol(name[..length].ToString()) is { } symbol)
            {
                return string.Concat(symbol, name[length..]);
            }
        }

        return match.Value;
    }

    private static string Character(ReadOnlySpan<char> digits)
    {
        var isRead = digits[0] is 'x' or 'X'
            ? int.TryParse(digits[1..].TrimStart('0'), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out code);
        if (digits.Trim("xX0").IsEmpty || !isRead || !Rune.IsValid(code))
        {
            return Replacement;
        }

        return code is >= FirstOfWindows and < FirstOfWindows + 32 ? Windows[(code - FirstOfWindows)..][..1]
            : IsNothing(code) ? ""
            : new Rune(code).ToString();
    }

    // Control characters and what is no character in any plane.
    private static bool IsNothing(int code)
        => code is < 0x20 and not ('\t' or '\n' or '\f' or '\r') or 0x7F or (>= 0xFDD0 and <= 0xFDEF) || (code & PlaneMask) == PlaneMask;

    [GeneratedRegex(@"&(?:#(?<number>[0-9]+|[xX][0-9a-fA-F]+);?|(?<name>[^\t\n\f <&#;]{1,32};?))")]
    private static partial Regex Reference();
}
