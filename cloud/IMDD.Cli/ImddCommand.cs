using System.CommandLine;
using IMDD.Cli.Commands;
using IMDD.Hosting;

namespace IMDD.Cli;

/// <summary>The <c>imdd</c> command: one verb per class in <c>Commands/</c>.</summary>
public static class ImddCommand
{
    // A service, or a demo, takes its own time to stop (Hosting:ShutdownTimeout); the command line must not cut it short.
    private static readonly TimeSpan LongestStop = TimeSpan.FromMinutes(10);

    /// <summary>The root command with all verbs.</summary>
    public static RootCommand Create()
    {
        RootCommand root = new(
            "Event-driven visual inspection from the camera on the line to the dashboard. The services (agent, camera, aggregator, curator, dashboard, registry, trainer) take "
            + "settings as --Section:Key=value, as --config FILE (JSON) and as environment variables IMDD_Section__Key.")
        {
            DemoCommand.Create(),
            AgentCommand.Create(),
            CameraCommand.Create(),
            AggregatorCommand.Create(),
            CuratorCommand.Create(),
            DashboardCommand.Create(),
            RegistryCommand.Create(),
            TrainerServiceCommand.Create(),
            ModelsCommand.Create(),
            RecipesCommand.Create(),
            WatchCommand.Create(),
            DeadLetterCommand.Create(),
            BundleCommand.Create(),
            KeysCommand.Create(),
            ModelCommand.Create(),
            BenchCommand.Create(),
            EvalCommand.Create(),
            SynthCommand.Create(),
        };
        return root;
    }

    /// <summary>Parses and runs; returns the exit code. A failure is one line on <paramref name="error"/>, not a trace, where it was foreseen.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        InvocationConfiguration configuration = new()
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = LongestStop,
        };
        try
        {
            var parsed = Create().Parse(args);
            var exitCode = await parsed.InvokeAsync(configuration).ConfigureAwait(false);
            return parsed.Errors.Count > 0 ? ExitCodes.ConfigurationInvalid : exitCode;
        }
        catch (CommandFailedException failure)
        {
            await error.WriteLineAsync($"imdd: {failure.Message}").ConfigureAwait(false);
            return failure.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("imdd: interrupted").ConfigureAwait(false);
            return CommandFailedException.Interrupted;
        }
        catch (Exception unforeseen)
        {
            await error.WriteLineAsync($"imdd: {unforeseen}").ConfigureAwait(false);
            return ExitCodes.Failed;
        }
    }
}
