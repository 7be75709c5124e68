using System.CommandLine;
using System.Text.Json;
using IMDD.Cli.Bench;
using IMDD.Cli.Output;
using IMDD.Hosting;
using IMDD.Inference;
using IMDD.Inference.Bundles;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd bench edge</c>: what the agent costs beside the work itself, its rate, latency, memory and store.</summary>
internal static class BenchEdgeCommand
{
    public static Command Create()
    {
        Option<bool> full = new("--full") { Description = "Twenty thousand frames: memory growth over frames 5,000 to 20,000." };
        Option<string[]> bundle = new("--bundle")
        {
            Description = "Models to measure, one after the other; by default those that come with the agent.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [.. Directory.GetDirectories(Path.Combine(AppContext.BaseDirectory, "bundles")).Order(StringComparer.Ordinal)],
        };
        var json = JsonOutput.CreateOption();
        Command command = new("edge", "Measures an edge agent in a process of its own.") { full, bundle, json };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed, parsed.GetValue(full) ? EdgeBenchOptions.Full : new EdgeBenchOptions(), parsed.GetRequiredValue(bundle), parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, EdgeBenchOptions options, string[] bundles, bool json, CancellationToken cancellationToken)
    {
        try
        {
            List<EdgeBenchResult> results = [];
            foreach (var bundle in bundles)
            {
                results.Add(await new EdgeBench(options, bundle, parsed.InvocationConfiguration.Error).RunAsync(cancellationToken));
            }

            var result = EdgeBenchReport.Of(results);
            var output = parsed.InvocationConfiguration.Output;
            if (json)
            {
                JsonOutput.Write(output, result);
            }
            else
            {
                output.WriteLine(JsonSerializer.Serialize(result, JsonSerializerOptions.Web));
            }

            return ExitCodes.Stopped;
        }
        catch (Exception e) when (e is ModelBundleException or SegmenterException)
        {
            throw new CommandFailedException(e.Message, ExitCodes.Failed, e);
        }
    }
}
