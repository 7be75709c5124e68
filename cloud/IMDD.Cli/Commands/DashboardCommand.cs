using System.CommandLine;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd dashboard</c>.</summary>
internal static class DashboardCommand
{
    public static Command Create() => ServiceCommand.Create(
        "dashboard", "Shows lines, defects and their pictures in the browser.", args => ServiceEntryPoint.RunAsync("IMDD.Cloud.Dashboard", args));
}
