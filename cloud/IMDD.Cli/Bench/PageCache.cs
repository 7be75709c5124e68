using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace IMDD.Cli.Bench;

/// <summary>Takes a file out of the kernel's page cache, so that the next read comes from the disk.</summary>
internal static class PageCache
{
    private const int DontNeed = 4;

    public static void Drop(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);

        // Only clean pages can be dropped.
        RandomAccess.FlushToDisk(file);
        var error = Advise(file, 0, 0, DontNeed);
        if (error != 0)
        {
            throw new IOException($"posix_fadvise on {path} failed with error {error}.");
        }
    }

    [DllImport("libc", EntryPoint = "posix_fadvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(SafeFileHandle file, long offset, long length, int advice);
}
