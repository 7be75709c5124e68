namespace IMDD.Cli.Quality;

/// <summary>Where the data sets of a table are.</summary>
/// <param name="folder">Absolute or relative; null: only drawn data can be used.</param>
internal sealed class DataRoot(string? folder)
{
    private const string Drawn = "synthetic";

    /// <summary>A <c>KEY:PATH</c> whose path is absolute: below the folder, or below one of its folders. What is drawn stays as it is.</summary>
    /// <exception cref="QualityException">The folder is not there.</exception>
    public string Resolve(string name)
    {
        var cut = name.IndexOf(':', StringComparison.Ordinal);
        var (key, path) = cut > 0 ? (name[..cut], name[(cut + 1)..]) : (name, "");
        if (key == Drawn)
        {
            return name;
        }

        var root = Path.GetFullPath(folder ?? throw new QualityException($"It needs the data set {name}: give the folder that holds it with --data-root."));
        IEnumerable<string> places = Directory.Exists(root) ? [root, .. Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal)] : [];
        return places.Select(place => Path.Combine(place, path)).FirstOrDefault(Directory.Exists) is { } found
            ? $"{key}:{found}"
            : throw new QualityException($"It needs the data set {name}: there is no folder '{path}' in '{root}', nor in one of its folders.");
    }

    /// <inheritdoc cref="Resolve(string)"/>
    public string[] Resolve(IEnumerable<string> names) => [.. names.Select(Resolve)];
}
