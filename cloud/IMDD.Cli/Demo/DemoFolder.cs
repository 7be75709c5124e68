using IMDD.Hosting;

namespace IMDD.Cli.Demo;

/// <summary>Where the demo keeps its data: a temporary folder that goes with it, or one that stays.</summary>
internal sealed class DemoFolder : IDisposable
{
    private readonly bool _temporary;

    private DemoFolder(string path, bool temporary) => (Root, _temporary) = (path, temporary);

    /// <summary>Absolute path.</summary>
    public string Root { get; }

    /// <summary>The folder of that name, or a temporary one.</summary>
    /// <exception cref="CommandFailedException">There is something in it: the embedded Kafka starts empty, so what was counted before would not fit.</exception>
    public static DemoFolder Open(string? path)
    {
        if (path is null)
        {
            return new DemoFolder(Directory.CreateTempSubdirectory("imdd-demo-").FullName, temporary: true);
        }

        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
        {
            throw new CommandFailedException($"--state {path} exists and is not an empty folder: expected a new one, since Kafka starts empty too.", ExitCodes.ConfigurationInvalid);
        }

        return new DemoFolder(Directory.CreateDirectory(path).FullName, temporary: false);
    }

    /// <summary>A path below it.</summary>
    public string PathOf(string name) => Path.Combine(Root, name);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_temporary)
        {
            Directory.Delete(Root, recursive: true);
        }
    }
}
