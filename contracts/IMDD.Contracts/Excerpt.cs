namespace IMDD.Contracts;

/// <summary>What an error message repeats of foreign text: enough to recognise it, never all of it.</summary>
public static class Excerpt
{
    private const int MaxLength = 80;

    /// <summary>The first characters of <paramref name="text"/>, control characters replaced.</summary>
    public static string Of(string? text)
    {
        if (text is null)
        {
            return "";
        }

        var isCut = text.Length > MaxLength;
        var shown = string.Create(isCut ? MaxLength : text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? '\uFFFD' : source[i];
            }
        });
        return isCut ? shown + "…" : shown;
    }
}
