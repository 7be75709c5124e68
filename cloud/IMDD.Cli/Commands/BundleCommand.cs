using System.CommandLine;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd bundle</c>.</summary>
internal static class BundleCommand
{
    public static Command Create() => new("bundle", "Makes, signs and checks model bundles.")
    {
        BundleContrastCommand.Create(),
        BundleKeyCommand.Create(),
        BundleSignCommand.Create(),
        BundleVerifyCommand.Create(),
        BundleInspectCommand.Create(),
    };
}
