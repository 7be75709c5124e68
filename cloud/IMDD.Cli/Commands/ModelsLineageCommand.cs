using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using IMDD.Cli.Lineage;
using IMDD.Cli.Output;
using IMDD.Hosting;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd models lineage</c>: from an event to what its model learned from, and back.</summary>
internal static class ModelsLineageCommand
{
    private const int DefaultLimit = 10;
    private const int MostLimit = 100;

    public static Command Create()
    {
        Argument<string> id = new("id") { Description = "Id of an outcome or a defect event, or the digest of a release or of a picture." };
        var aggregator = Address("--aggregator", "Address of the aggregator, which has the failed frames.", 5083);
        var curator = Address("--curator", "Address of the curator, which has the labels.", 5085);
        Option<string?> kafka = new("--kafka")
        {
            Description = "Bootstrap servers: an outcome that no service knows, such as a passed frame's, is looked for in the whole of its topic.",
            HelpName = "host:port,…",
        };
        Option<int> limit = new("--limit") { Description = "Most things of one kind that are shown.", DefaultValueFactory = _ => DefaultLimit };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MostLimit)
            {
                result.AddError($"--limit: expected 1 to {MostLimit}.");
            }
        });
        var json = JsonOutput.CreateOption();
        Command command = new("lineage", "Shows what an event, a model or a picture came from, and what came of it.") { id, aggregator, curator, kafka, limit, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(id);
            using LineageSources sources = new(
                parsed.GetRequiredValue<Uri>(ModelsCommand.RegistryOption), parsed.GetRequiredValue(aggregator), parsed.GetRequiredValue(curator));
            var tree = await new LineageReader(sources, parsed.GetValue(kafka) is { } servers ? new OutcomeTopic(servers) : null, parsed.GetValue(limit)).ReadAsync(name, cancellationToken);
            foreach (var (service, why) in sources.Unavailable)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"The {service} does not answer, and its part is missing: {why}");
            }

            if (tree is null)
            {
                throw new CommandFailedException(
                    $"'{name}' is not known: expected the id of a failed frame's outcome or of a frame in the review queue (of any outcome with --kafka), or the digest of a release or of a picture.");
            }

            if (parsed.GetValue(json))
            {
                JsonOutput.Write(parsed.InvocationConfiguration.Output, new { Lineage = tree, sources.Unavailable });
                return ExitCodes.Stopped;
            }

            foreach (var line in tree.Lines())
            {
                await parsed.InvocationConfiguration.Output.WriteLineAsync(line);
            }

            return ExitCodes.Stopped;
        });
        return command;
    }

    private static Option<Uri> Address(string name, string description, int port) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")),
        CustomParser = (ArgumentResult result) => ModelsCommand.Address(result),
    };
}
