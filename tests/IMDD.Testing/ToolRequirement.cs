namespace IMDD.Testing;

/// <summary>
/// Tests against real components skip where the tool is missing. The reason starts with <see cref="Marker"/>, so that
/// <c>./imdd test --strict</c> can fail on it.
/// </summary>
public static class ToolRequirement
{
    /// <summary>Every skip for a missing tool starts with this.</summary>
    public const string Marker = "missing tool: ";

    /// <summary>The tool's path, or null with the reason to give to <c>Assert.SkipWhen</c>.</summary>
    /// <param name="name">Executable.</param>
    /// <param name="install">The line that would install it.</param>
    /// <param name="reason">Why the test cannot run.</param>
    public static string? Find(string name, string install, out string reason)
    {
        reason = $"{Marker}{name}; install it with: {install}";
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/usr/local/sbin"]);
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
