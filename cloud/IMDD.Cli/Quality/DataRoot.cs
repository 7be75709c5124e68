using IMDD.Imaging;
using IMDD.Learning.Datasets;
using IMDD.Learning.Datasets.Splits;

namespace IMDD.Cli.Quality;

/// <summary>Where the data sets of a table are.</summary>
/// <param name="folder">Absolute or relative; null: only drawn data can be used.</param>
internal sealed class DataRoot(string? folder)
{
    private const string Drawn = "synthetic";

    /// <summary>True for what is drawn and not read: its name is its definition.</summary>
    public static bool IsDrawn(string name) => Parts(name).Key == Drawn;

    /// <summary>A <c>KEY:PATH</c> whose path is absolute: below the folder, or below one of its folders. What is drawn stays as it is.</summary>
    /// <exception cref="QualityException">The folder is not there, or cannot be looked through.</exception>
    public string Resolve(string name)
    {
        if (IsDrawn(name))
        {
            return name;
        }

        var (key, path) = Parts(name);
        var root = Path.GetFullPath(folder ?? throw new QualityException($"It needs the data set {name}: give the folder that holds it with --data-root."));
        return Places(root).Select(place => Path.Combine(place, path)).FirstOrDefault(Directory.Exists) is { } found
            ? $"{key}:{found}"
            : throw new QualityException($"It needs the data set {name}: there is no folder '{path}' in '{root}', nor in one of its folders.");
    }

    /// <inheritdoc cref="Resolve(string)"/>
    public string[] Resolve(IEnumerable<string> names) => [.. names.Select(Resolve)];

    /// <summary>Reads and divides data sets, as training and evaluation do.</summary>
    /// <param name="names"><c>KEY:PATH</c> below the folder, or <c>synthetic:…</c>.</param>
    /// <param name="rule">Its further data sets are below the folder, too.</param>
    /// <returns>In the order of <paramref name="names"/>.</returns>
    /// <exception cref="QualityException">One is not there, or cannot be read, drawn or divided so.</exception>
    public IReadOnlyList<DividedDataset> Read(IReadOnlyList<string> names, DivisionRule rule)
    {
        var (own, others) = (Resolve(names), Resolve(rule.With));
        try
        {
            return new DatasetDivider(new OpenCvImageDecoder()).Read(own, rule with { With = others });
        }
        catch (Exception e) when (e is DatasetException or IOException or UnauthorizedAccessException)
        {
            throw new QualityException($"{string.Join(", ", names)} cannot be used: {e.Message}", e);
        }
    }

    private static (string Key, string Path) Parts(string name)
    {
        var cut = name.IndexOf(':', StringComparison.Ordinal);
        return cut > 0 ? (name[..cut], name[(cut + 1)..]) : (name, "");
    }

    private static string[] Places(string root)
    {
        try
        {
            return Directory.Exists(root) ? [root, .. Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QualityException($"The folder '{root}' of --data-root cannot be read: {e.Message}", e);
        }
    }
}
