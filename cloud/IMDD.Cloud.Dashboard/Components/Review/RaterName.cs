using System.Text;

namespace IMDD.Cloud.Dashboard.Components.Review;

/// <summary>A person's name as it is written, and as it travels: <c>Anna B.</c> is <c>anna-b</c>.</summary>
public static class RaterName
{
    private const int MaxLength = 31;

    /// <summary>1 to 31 of a-z, 0-9 and '-'; empty where nothing is left of it.</summary>
    public static string From(string? text)
    {
        StringBuilder name = new();
        foreach (var c in (text ?? "").Trim().ToLowerInvariant())
        {
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            {
                name.Append(c);
            }
            else if (name.Length > 0 && name[^1] != '-')
            {
                name.Append('-');
            }
        }

        return (name.Length > MaxLength ? name.ToString(0, MaxLength) : name.ToString()).TrimEnd('-');
    }
}
