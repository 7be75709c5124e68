namespace IMDD.Testing;

/// <summary>
/// Tensors computed by reference implementations: the folder named by <c>IMDD_GOLDEN_DIR</c>, a relative name from the repository's root, or
/// <c>../shared/golden</c> beside the checkout. A kind of file that is absent skips its tests with the reason; a folder that was named must be there.
/// </summary>
public static class GoldenFolder
{
    private const string Variable = "IMDD_GOLDEN_DIR";

    // Stands for a file where there is none, since a theory needs a case to skip.
    private const string Absent = "no ";

    /// <summary>Names of the files that match, relative to the folder; where there is none, one name that <see cref="Find(string, out string)"/> knows.</summary>
    /// <exception cref="InvalidOperationException">A folder that was named is not there.</exception>
    public static IReadOnlyList<string> Files(string pattern) => Files(pattern, Environment.GetEnvironmentVariable(Variable));

    /// <summary>The absolute path of a name from <see cref="Files(string)"/>, or null with the reason to skip.</summary>
    public static string? Find(string name, out string reason) => Find(name, Environment.GetEnvironmentVariable(Variable), out reason);

    /// <summary>The same where <paramref name="named"/> is what the variable says.</summary>
    public static IReadOnlyList<string> Files(string pattern, string? named)
    {
        var folder = PathOf(named);
        if (!Directory.Exists(folder))
        {
            return string.IsNullOrEmpty(named) ? [Absent + pattern] : throw new InvalidOperationException($"{Variable} names '{folder}', which is not there.");
        }

        List<string> files =
        [
            .. Directory.GetFiles(folder, pattern, SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal),
        ];
        return files.Count == 0 ? [Absent + pattern] : files;
    }

    /// <summary>The same where <paramref name="named"/> is what the variable says.</summary>
    public static string? Find(string name, string? named, out string reason)
    {
        var folder = PathOf(named);
        reason = $"{(name.StartsWith(Absent, StringComparison.Ordinal) ? name : Absent + name)} in {folder}; name another folder in {Variable}";
        return name.StartsWith(Absent, StringComparison.Ordinal) ? null : Path.Combine(folder, name);
    }

    private static string PathOf(string? named) => string.IsNullOrEmpty(named)
        ? Repository.PathOf("..", "shared", "golden")
        : Path.GetFullPath(named, Repository.Root);
}
