using System.CommandLine;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd aggregator</c>.</summary>
internal static class AggregatorCommand
{
    public static Command Create() => ServiceCommand.Create(
        "aggregator", "Counts outcomes per line and window, raises alarms, answers queries.", args => ServiceEntryPoint.RunAsync("IMDD.Cloud.Aggregator", args));
}
