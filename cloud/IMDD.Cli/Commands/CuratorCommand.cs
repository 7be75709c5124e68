using System.CommandLine;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd curator</c>.</summary>
internal static class CuratorCommand
{
    public static Command Create() => ServiceCommand.Create(
        "curator", "Puts frames before people and takes their verdicts as labels.", args => ServiceEntryPoint.RunAsync("IMDD.Cloud.Curator", args));
}
