namespace IMDD.Testing;

/// <summary>A tmpfs of its own size on a folder. Mounting needs root.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    /// <summary>Bytes left.</summary>
    public long FreeBytes => new DriveInfo(_folder).AvailableFreeSpace;

    /// <summary>Mounts one of a size such as <c>64k</c>; null with the reason to give to <c>Assert.SkipWhen</c>.</summary>
    public static async Task<(SmallDisk? Disk, string Reason)> TryMountAsync(string folder, string size)
    {
        Directory.CreateDirectory(folder);
        var (exitCode, output) = await RunAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "imdd-test", folder);
        return exitCode == 0 ? (new SmallDisk(folder), "") : (null, $"a small disk cannot be mounted here (needs root): {output}");
    }

    /// <summary>Makes it larger.</summary>
    public async Task GrowAsync(int megabytes)
    {
        var (exitCode, output) = await RunAsync("mount", "-o", $"remount,size={megabytes}m", _folder);
        if (exitCode != 0)
        {
            throw new InvalidOperationException($"The disk cannot be made larger: {output}");
        }
    }

    /// <inheritdoc/>
    // Lazy: a process that still holds a file there must not keep the test's folder from being removed.
    public async ValueTask DisposeAsync() => await RunAsync("umount", "-l", _folder);

    private static async Task<(int ExitCode, string Output)> RunAsync(string tool, params string[] arguments)
    {
        await using var process = new ToolProcess(tool, arguments);
        var exitCode = await process.WaitAsync();
        return (exitCode, process.Output);
    }
}
