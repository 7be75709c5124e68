using System.CommandLine;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd registry</c>.</summary>
internal static class RegistryCommand
{
    public static Command Create() => ServiceCommand.Create(
        "registry", "Keeps and signs releases of models and tells agents which to run.", args => ServiceEntryPoint.RunAsync("IMDD.Cloud.Registry", args));
}
