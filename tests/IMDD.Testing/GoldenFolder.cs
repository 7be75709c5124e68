namespace IMDD.Testing;

/// <summary>
/// Tensors computed by reference implementations: the folder named by <c>IMDD_GOLDEN_DIR</c>, or <c>../shared/golden</c> beside the checkout.
/// A folder that was named must hold what is asked for; the default one may be absent, then tests skip with the reason.
/// </summary>
public static class GoldenFolder
{
    private const string Variable = "IMDD_GOLDEN_DIR";

    /// <summary>Names of the files that match, relative to the folder; one empty name when the default folder is absent.</summary>
    /// <exception cref="InvalidOperationException">A folder that was named lacks this kind.</exception>
    public static IReadOnlyList<string> Files(string pattern)
    {
        var folder = Path;
        var files = Directory.Exists(folder)
            ? Directory.GetFiles(folder, pattern, SearchOption.AllDirectories)
                .Select(f => System.IO.Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal).ToList()
            : [];
        if (files.Count == 0 && IsNamed)
        {
            throw new InvalidOperationException($"{Variable} names '{folder}', which holds no {pattern}.");
        }

        return files.Count == 0 ? [""] : files;
    }

    /// <summary>The absolute path of a name from <see cref="Files"/>, or null with the reason to skip.</summary>
    public static string? Find(string name, out string reason)
    {
        reason = $"no reference tensors at {Path}; name a folder in {Variable}";
        return name.Length == 0 ? null : System.IO.Path.Combine(Path, name);
    }

    private static bool IsNamed => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    private static string Path => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
        ? named
        : Repository.PathOf("..", "shared", "golden");
}
