using System.Text;

namespace IMDD.Learning.Datasets.Files;

/// <summary>
/// A data set's folder. Everything is addressed by its path below the root; nothing outside of it is ever opened: links are not followed,
/// <c>..</c> and absolute paths in annotations are refused.
/// </summary>
public sealed class DatasetFolder
{
    /// <summary>Largest annotation that is read, bytes.</summary>
    public const int MaxAnnotationBytes = 64 << 20;

    private const int MaxFiles = 20_000_000;

    private readonly List<string> _links = [];
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _byFoldedCase = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Lists a folder once.</summary>
    /// <exception cref="DatasetException">It does not exist or cannot be listed.</exception>
    public DatasetFolder(string path)
    {
        Root = Path.GetFullPath(path);
        if (!Directory.Exists(Root))
        {
            throw new DatasetException($"'{path}' is not a folder: expected the root of a data set.");
        }

        List(Root);
        Files = [.. _files.Order(StringComparer.Ordinal)];
        foreach (var file in Files)
        {
            _byFoldedCase.TryAdd(file, file);
        }
    }

    /// <summary>Absolute path.</summary>
    public string Root { get; }

    /// <summary>Every file below the root by relative path, forward slashes, ordinal order; links left out.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Links found and not followed, relative paths.</summary>
    public IReadOnlyList<string> Links => _links;

    /// <summary>True when the file is there, in exactly this spelling.</summary>
    public bool Has(string relative) => _files.Contains(relative);

    /// <summary>The file in its true spelling, ignoring case; null when it is not there.</summary>
    public string? Find(string relative) => _files.Contains(relative) ? relative : _byFoldedCase.GetValueOrDefault(relative);

    /// <summary>Absolute path of a listed file.</summary>
    public string Absolute(string relative) => Path.Combine(Root, relative.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>
    /// A path written in an annotation, relative to <paramref name="folder"/> (below the root), as a listed file; null when it is not there.
    /// </summary>
    /// <exception cref="AnnotationException">It is absolute or leaves the root.</exception>
    public string? Resolve(string folder, string written)
    {
        var path = written.Replace('\\', '/').Trim();
        if (path.Length == 0 || path.Contains('\0'))
        {
            throw new AnnotationException("A file name is empty or holds a null character.");
        }

        if (path.StartsWith('/') || (path.Length > 1 && path[1] == ':'))
        {
            throw new AnnotationException($"'{Shorten(path)}' is an absolute path: expected one below the data set's root.");
        }

        List<string> parts = [.. folder.Split('/', StringSplitOptions.RemoveEmptyEntries)];
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count == 0)
                {
                    throw new AnnotationException($"'{Shorten(path)}' leaves the data set's root.");
                }

                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return Find(string.Join('/', parts));
    }

    /// <summary>A whole annotation file.</summary>
    /// <exception cref="AnnotationException">Too large or not readable.</exception>
    public byte[] ReadBytes(string relative)
    {
        try
        {
            using var stream = new FileStream(Absolute(relative), FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > MaxAnnotationBytes)
            {
                throw new AnnotationException($"It has {stream.Length} bytes: expected at most {MaxAnnotationBytes}.");
            }

            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AnnotationException($"It cannot be read: {e.Message}", e);
        }
    }

    /// <summary>A whole text file, UTF-8 with or without byte order mark.</summary>
    /// <exception cref="AnnotationException">Too large or not readable.</exception>
    public string ReadText(string relative)
    {
        var bytes = ReadBytes(relative);
        return bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.GetString(bytes.AsSpan(Encoding.UTF8.Preamble.Length)) : Encoding.UTF8.GetString(bytes);
    }

    private static string Shorten(string path) => path.Length <= 120 ? path : path[..120] + "…";

    private void List(string folder)
    {
        IEnumerable<FileSystemInfo> entries;
        try
        {
            entries = new DirectoryInfo(folder).EnumerateFileSystemInfos();
            foreach (var entry in entries)
            {
                var relative = Path.GetRelativePath(Root, entry.FullName).Replace(Path.DirectorySeparatorChar, '/');
                if (entry.LinkTarget is not null)
                {
                    _links.Add(relative);
                }
                else if (entry is DirectoryInfo)
                {
                    List(entry.FullName);
                }
                else if (_files.Count == MaxFiles)
                {
                    throw new DatasetException($"'{Root}' holds more than {MaxFiles} files.");
                }
                else
                {
                    _files.Add(relative);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"'{folder}' cannot be listed: {e.Message}", e);
        }
    }
}
