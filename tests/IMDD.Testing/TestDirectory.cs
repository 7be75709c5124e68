namespace IMDD.Testing;

/// <summary>A directory of its own for one test, removed with it.</summary>
public sealed class TestDirectory : IDisposable
{
    public TestDirectory() => Path = Directory.CreateTempSubdirectory("imdd-test-").FullName;

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>A path below it.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
