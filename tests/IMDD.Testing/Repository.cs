namespace IMDD.Testing;

/// <summary>Finds the checkout the tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder that holds <c>IMDD.Pipeline.sln</c>.</summary>
    public static string Root { get; } = Find();

    /// <summary>A path below the root.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "IMDD.Pipeline.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"No IMDD.Pipeline.sln above {AppContext.BaseDirectory}.");
    }
}
