namespace IMDD.Contracts.Identity;

/// <summary>The one rule for every name that becomes part of a topic, a key or a path: <c>[a-z0-9][a-z0-9-]{0,30}</c>.</summary>
public static class NamePart
{
    /// <summary>The rule in words, for error messages.</summary>
    public const string Expected = "1 to 31 characters of a-z, 0-9 and '-', not starting with '-'";

    private const int MaxLength = 31;

    /// <summary>True when <paramref name="text"/> follows the rule.</summary>
    public static bool IsValid(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength || text[0] == '-')
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary><paramref name="text"/> itself, where it follows the rule.</summary>
    /// <exception cref="FormatException">It does not.</exception>
    public static string Checked(string? text)
        => IsValid(text) ? text! : throw new FormatException($"Name '{Excerpt.Of(text)}' is not allowed: expected {Expected}.");
}
