using System.Text.RegularExpressions;

namespace IMDD.Architecture.Tests;

/// <summary>What must not stand in a file of the repository.</summary>
public static partial class TextRules
{
    /// <summary>Breaches of one file, with line numbers.</summary>
    /// <param name="path">Path below the root.</param>
    /// <param name="text">Content.</param>
    public static IEnumerable<string> Violations(string path, string text)
    {
        if (text.Contains('\r', StringComparison.Ordinal))
        {
            yield return $"{path}: lines must end with LF alone";
        }

        var isSchema = path.StartsWith("contracts/schemas/", StringComparison.Ordinal);
        foreach (var (line, number) in text.Split('\n').Select((line, index) => (line, index + 1)))
        {
            if (OpenPromise().IsMatch(line))
            {
                yield return $"{path}:{number}: an open promise in a comment";
            }

            if (isSchema && ClosedSchema().IsMatch(line))
            {
                yield return $"{path}:{number}: readers ignore unknown fields, so no schema on the wire may forbid them";
            }

            if (path.EndsWith(".cs", StringComparison.Ordinal) && line.TrimStart().StartsWith("#region", StringComparison.Ordinal))
            {
                yield return $"{path}:{number}: split the type instead of folding it";
            }
        }
    }

    // Spelt so that this file does not match itself.
    [GeneratedRegex(@"\b(TO[D]O|FIX[M]E|X{3}|HA[C]K)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OpenPromise();

    [GeneratedRegex("\"(additionalProperties|unevaluatedProperties)\"\\s*:\\s*false", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ClosedSchema();
}
