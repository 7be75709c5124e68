using System.CommandLine;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd bundle</c>.</summary>
internal static class BundleCommand
{
    public static Command Create() => new("bundle", "Makes model bundles.") { BundleContrastCommand.Create() };
}
