namespace IMDD.Learning.Datasets.Files;

/// <summary>Splits relative paths with forward slashes.</summary>
public static class DatasetPath
{
    private static readonly string[] ImageExtensions = [".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"];

    /// <summary>True for a picture by its extension, any case.</summary>
    public static bool IsImage(string path) => ImageExtensions.Contains(Extension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>The folder, empty at the root.</summary>
    public static string Folder(string path) => path.LastIndexOf('/') is > 0 and var cut ? path[..cut] : "";

    /// <summary>The file's name.</summary>
    public static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>The file's name without its extension.</summary>
    public static string Stem(string path) => Name(path) is var name && name.LastIndexOf('.') is > 0 and var dot ? name[..dot] : Name(path);

    /// <summary>The extension with its dot, empty when there is none.</summary>
    public static string Extension(string path) => Name(path) is var name && name.LastIndexOf('.') is > 0 and var dot ? name[dot..] : "";

    /// <summary>All parts.</summary>
    public static string[] Parts(string path) => path.Split('/');

    /// <summary>Joins parts, leaving empty ones out.</summary>
    public static string Join(params ReadOnlySpan<string> parts)
    {
        List<string> kept = [];
        foreach (var part in parts)
        {
            if (part.Length > 0)
            {
                kept.Add(part);
            }
        }

        return string.Join('/', kept);
    }
}
