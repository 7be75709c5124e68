using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace IMDD.Cloud.Curator.Labels;

/// <summary>A name as a person types it, and the class id that it stands for: <c>Paint run</c> is <c>paint-run</c>.</summary>
internal static class DefectName
{
    public const string Expected = "1 to 64 letters, digits, spaces and '-', with at least one letter";

    private const int MaxLength = 64;

    /// <summary>The class id; false where the text names nothing.</summary>
    public static bool TryNormalise(string? text, [NotNullWhen(true)] out string? name)
    {
        name = null;
        if (text is not { Length: > 0 and <= MaxLength })
        {
            return false;
        }

        StringBuilder id = new(text.Length);
        foreach (var c in text.Trim().Normalize(NormalizationForm.FormC))
        {
            if (char.IsLetterOrDigit(c) || IsMark(c))
            {
                id.Append(char.ToLowerInvariant(c));
            }
            else if (c is not (' ' or '-' or '_'))
            {
                return false;
            }
            else if (id.Length > 0 && id[^1] != '-')
            {
                id.Append('-');
            }
        }

        var result = id.ToString().TrimEnd('-');
        if (!result.Any(char.IsLetter))
        {
            return false;
        }

        name = result;
        return true;
    }

    private static bool IsMark(char c)
        => char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
