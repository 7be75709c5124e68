using System.CommandLine;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd trainer</c>.</summary>
internal static class TrainerServiceCommand
{
    public static Command Create() => ServiceCommand.Create(
        "trainer", "Trains the champion on when labels have come, and registers what passes its gates.", args => ServiceEntryPoint.RunAsync("IMDD.Cloud.Trainer", args));
}
