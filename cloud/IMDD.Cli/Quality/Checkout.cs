using System.ComponentModel;
using System.Diagnostics;

namespace IMDD.Cli.Quality;

/// <summary>The checkout that this program was built from.</summary>
internal static class Checkout
{
    /// <summary>Hex digits that a commit is cut to.</summary>
    public const int CommitDigits = 10;

    private const string Solution = "IMDD.Pipeline.sln";
    private const string Results = "infra/quality";
    private const string Unknown = "unknown";

    /// <summary>Its folder; null where the program runs without one.</summary>
    public static string? Root { get; } = FindRoot();

    /// <summary>The commit that is checked out, <c>+changes</c> behind it where tracked files other than results differ; <c>unknown</c> without git.</summary>
    public static string Commit()
    {
        if (Root is null || Git("rev-parse", $"--short={CommitDigits}", "HEAD") is not { } commit)
        {
            return Unknown;
        }

        return Git("status", "--porcelain", "--untracked-files=no", "--", ".", $":(exclude){Results}") is "" ? commit : $"{commit}+changes";
    }

    /// <summary>Where results are kept that the table is made from; null without a checkout.</summary>
    public static string? ResultsFolder => Root is { } root ? Path.Combine(root, Results, "rows") : null;

    private static string? FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Solution)))
            {
                return folder.FullName;
            }
        }

        return null;
    }

    /// <summary>What git says; null where it is absent or fails.</summary>
    private static string? Git(params string[] arguments)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", Root!, "-c", "safe.directory=*", .. arguments])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            git.BeginErrorReadLine();
            var output = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? output : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
