namespace IMDD.Edge.Camera.Sources;

/// <summary>
/// Finds the pictures of a data set's folder and leaves its masks out: folders named <c>ground_truth</c>, <c>mask…</c> or <c>label…</c>; a PNG
/// beside a JPEG of the same name; a picture <c>x_mask</c>, <c>x_label</c> or <c>x_gt</c> beside a picture <c>x</c>. Case does not matter.
/// </summary>
internal static class ImageFolder
{
    private static readonly string[] Jpeg = [".jpg", ".jpeg"];
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"];
    private static readonly string[] MaskSuffixes = ["_mask", "_label", "_gt"];

    /// <summary>Full paths in a fixed order.</summary>
    /// <exception cref="FrameSourceException">No pictures, or a folder cannot be read.</exception>
    public static IReadOnlyList<string> List(string folder)
    {
        List<string> found = [];
        try
        {
            Collect(new DirectoryInfo(folder), found);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FrameSourceException($"Folder '{folder}' cannot be read: {e.Message}", e);
        }

        return found.Count > 0
            ? found
            : throw new FrameSourceException(
                $"Folder '{folder}' holds no images: expected {string.Join(", ", Extensions)} outside of folders named ground_truth, mask… or label….");
    }

    private static void Collect(DirectoryInfo folder, List<string> found)
    {
        var images = folder.EnumerateFiles()
            .Where(f => Extensions.Contains(f.Extension, StringComparer.OrdinalIgnoreCase))
            .OrderBy(f => f.Name, StringComparer.Ordinal)
            .ToList();
        var stems = images.Select(Stem).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var jpegStems = images.Where(IsJpeg).Select(Stem).ToHashSet(StringComparer.OrdinalIgnoreCase);
        found.AddRange(images.Where(f => !IsMask(f, stems, jpegStems)).Select(f => f.FullName));
        foreach (var child in folder.EnumerateDirectories().OrderBy(d => d.Name, StringComparer.Ordinal))
        {
            if (!IsMaskFolder(child.Name))
            {
                Collect(child, found);
            }
        }
    }

    private static bool IsMaskFolder(string name)
        => name.Equals("ground_truth", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("mask", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("label", StringComparison.OrdinalIgnoreCase);

    private static bool IsMask(FileInfo file, HashSet<string> stems, HashSet<string> jpegStems)
    {
        var stem = Stem(file);
        return (file.Extension.Equals(".png", StringComparison.OrdinalIgnoreCase) && jpegStems.Contains(stem))
            || Array.Exists(MaskSuffixes, s => stem.EndsWith(s, StringComparison.OrdinalIgnoreCase) && stems.Contains(stem[..^s.Length]));
    }

    private static bool IsJpeg(FileInfo file) => Jpeg.Contains(file.Extension, StringComparer.OrdinalIgnoreCase);

    private static string Stem(FileInfo file) => Path.GetFileNameWithoutExtension(file.Name);
}
