using IMDD.Testing;

namespace IMDD.System.Tests;

/// <summary>A tmpfs of its own size on a folder. Mounting needs root; the test skips otherwise.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    /// <summary>Bytes left.</summary>
    public long FreeBytes => new DriveInfo(_folder).AvailableFreeSpace;

    public static async Task<SmallDisk> MountAsync(string folder, int megabytes)
    {
        Directory.CreateDirectory(folder);
        var (exitCode, output) = await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "imdd-test", folder);
        Assert.SkipWhen(exitCode != 0, $"a small disk cannot be mounted here (needs root): {output}");
        return new SmallDisk(folder);
    }

    public async Task GrowAsync(int megabytes)
    {
        var (exitCode, output) = await RunAsync("mount", "-o", $"remount,size={megabytes}m", _folder);
        exitCode.ShouldBe(0, output);
    }

    // Lazy: a process that still holds a file there must not keep the test's folder from being removed.
    public async ValueTask DisposeAsync() => await RunAsync("umount", "-l", _folder);

    private static async Task<(int ExitCode, string Output)> RunAsync(string tool, params string[] arguments)
    {
        await using var process = new ToolProcess(tool, arguments);
        var exitCode = await process.WaitAsync();
        return (exitCode, process.Output);
    }
}
