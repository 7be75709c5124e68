using System.Globalization;
using System.Text;

namespace IMDD.Learning.Evaluation.Outside;

/// <summary>Class names as Ultralytics writes them into an export: a Python dictionary, <c>{0: 'scratch', 1: "baker's dent"}</c>.</summary>
internal static class UltralyticsNames
{
    private const int MaxCharacters = 1 << 20;

    /// <summary>The names by class number, from 0 without gaps.</summary>
    /// <exception cref="OutsideModelException">Not such a dictionary.</exception>
    public static IReadOnlyList<string> Parse(string text)
    {
        if (text.Length > MaxCharacters)
        {
            throw new OutsideModelException($"The names have {text.Length} characters: expected at most {MaxCharacters}.");
        }

        SortedDictionary<int, string> names = [];
        var at = 0;
        Expect(text, ref at, '{');
        while (Peek(text, ref at) != '}')
        {
            var number = Number(text, ref at);
            Expect(text, ref at, ':');
            if (!names.TryAdd(number, Quoted(text, ref at)))
            {
                throw Malformed(text, at);
            }

            if (Peek(text, ref at) != '}')
            {
                Expect(text, ref at, ',');
            }
        }

        return names.Keys.SequenceEqual(Enumerable.Range(0, names.Count))
            ? [.. names.Values]
            : throw new OutsideModelException("The names' numbers do not run from 0 without gaps.");
    }

    private static int Number(string text, ref int at)
    {
        Peek(text, ref at);
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return int.TryParse(text.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Malformed(text, start);
    }

    private static string Quoted(string text, ref int at)
    {
        var quote = Peek(text, ref at);
        if (quote is not ('\'' or '"'))
        {
            throw Malformed(text, at);
        }

        StringBuilder name = new();
        for (at++; at < text.Length && text[at] != quote; at++)
        {
            // Of Python's escapes, repr() of a printable name uses only those of the quote and the backslash.
            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
            }

            name.Append(text[at]);
        }

        Expect(text, ref at, quote);
        return name.ToString();
    }

    private static char Peek(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at < text.Length ? text[at] : throw Malformed(text, at);
    }

    private static void Expect(string text, ref int at, char character)
    {
        if (Peek(text, ref at) != character)
        {
            throw Malformed(text, at);
        }

        at++;
    }

    private static OutsideModelException Malformed(string text, int at)
        => new($"The export's names are not a dictionary of class names, {{0: 'scratch', 1: 'dent'}}, at character {at}: '{(text.Length <= 80 ? text : text[..80] + "…")}'.");
}
