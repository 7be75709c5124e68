using System.CommandLine;

namespace IMDD.Cli.Commands;

/// <summary>A verb that runs a service; every argument after it is the service's configuration.</summary>
internal static class ServiceCommand
{
    public static Command Create(string verb, string description, Func<string[], Task<int>> run)
    {
        // `--Edge:Store:MaxBytes=…` is no option of this parser: the service's configuration reads and checks it.
        Command command = new(verb, description) { TreatUnmatchedTokensAsErrors = false };
        command.SetAction((parsed, _) => run([.. parsed.UnmatchedTokens]));
        return command;
    }
}
