using IMDD.Hosting;
using IMDD.Storage.Folder;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>Files that are the old or the new one whenever the process ends.</summary>
internal static class DurableFile
{
    private const string PartialExtension = ".part";

    /// <summary>Replaces a file by one rename; returns when that is durable.</summary>
    /// <param name="file">Its path; its folder is made where there is none.</param>
    /// <param name="content">What it is to hold.</param>
    /// <param name="name">What it is, for the message.</param>
    /// <exception cref="StoreUnavailableException">It cannot be written; the one before stays.</exception>
    public static void Replace(string file, ReadOnlySpan<byte> content, string name)
    {
        var folder = Path.GetDirectoryName(file)!;
        try
        {
            Directory.CreateDirectory(folder);
            using (FileStream stream = new(file + PartialExtension, FileMode.Create, FileAccess.Write))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(file + PartialExtension, file, overwrite: true);
            DirectorySync.Flush(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"{name} {file}", e.Message, e);
        }
    }
}
