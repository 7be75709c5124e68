using System.CommandLine;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd agent</c>.</summary>
internal static class AgentCommand
{
    public static Command Create() => ServiceCommand.Create(
        "agent", "Inspects frames from MQTT and publishes an outcome for each to Kafka.", args => ServiceEntryPoint.RunAsync("IMDD.Edge.Agent", args));
}
