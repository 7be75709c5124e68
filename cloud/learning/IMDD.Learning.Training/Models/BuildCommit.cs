using System.Reflection;

namespace IMDD.Learning.Training.Models;

/// <summary>The commit that this library was built from.</summary>
internal static class BuildCommit
{
    private const int CommitLength = 40;

    /// <summary>40 hex digits; null where it was built outside a repository.</summary>
    public static string? Value { get; } = Of(typeof(BuildCommit).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);

    /// <summary>What a version says after its plus sign.</summary>
    internal static string? Of(string? version)
        => version?.Split('+') is [_, { Length: CommitLength } commit] && commit.All(char.IsAsciiHexDigitLower) ? commit : null;
}
