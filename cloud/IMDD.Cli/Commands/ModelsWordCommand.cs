using System.CommandLine;
using System.Globalization;
using IMDD.Cli.Models;
using IMDD.Cli.Output;
using IMDD.Cli.Quality;
using IMDD.Contracts.Identity;
using IMDD.Hosting;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd models word</c>: the fleet learns a word without new weights.</summary>
internal static class ModelsWordCommand
{
    public static Command Create()
    {
        Argument<string> model = new("model") { Description = "The model's name; its champion is to know the word." };
        Option<string> name = new("--name") { Description = "The word.", Required = true };
        Option<string[]> synonym = new("--synonym") { Description = "Another word for it; several times." };
        Option<string?> sentence = new("--sentence") { Description = "What it looks like, in words that the model has seen; it lists them where no word was." };
        Option<string?> regions = new("--regions") { Description = "KEY:PATH of pictures with confirmed regions of it." };
        Option<string?> regionClass = new("--region-class") { Description = "What these pictures call it; its name by default." };
        Option<int?> maxRegions = new("--max-regions") { Description = "Pictures whose regions become part of the row; 0: the word alone." };
        Option<string[]> frozen = new("--frozen") { Description = "KEY:PATH of the pictures on which the old names must stay.", Required = true, AllowMultipleArgumentsPerToken = true };
        Option<string?> side = new("--split") { Description = "Side of the frozen pictures: test or all." };
        Option<double?> lost = new("--max-lost") { Description = "Points of naming that the old names may lose." };
        Option<double?> named = new("--min-named") { Description = "Share of the examples found that must get the name, 0 to 1; one must in any case." };
        Option<string?> clip = new("--clip") { Description = "Folder of the CLIP that the model's rows are made with, where they are." };
        Option<string?> tokenizer = new("--tokenizer") { Description = "Folder with that CLIP's vocab.json and merges.txt." };
        Option<string[]> agents = new("--agent") { Description = $"Agent that is to try it, {AgentAddress.Expected}; several times. None: all, and it becomes the champion." };
        Option<string?> by = new("--by") { Description = "Who asks for it." };
        Option<FileInfo?> trainer = new("--trainer") { Description = "The learning program; found beside this one by default." };
        var json = JsonOutput.CreateOption();
        Command command = new("word", "Teaches the champion a word without new weights, and gives it to the agents.")
        {
            model, name, synonym, sentence, regions, regionClass, maxRegions, frozen, side, lost, named, clip, tokenizer, agents, by, trainer, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var program = parsed.GetValue(trainer)?.FullName ?? TrainerProcess.Find()
                ?? throw new CommandFailedException("The learning program is not beside this one: --trainer names it.", ExitCodes.ConfigurationInvalid);
            List<string> arguments = [name.Name, parsed.GetRequiredValue(name)];
            foreach (var other in parsed.GetValue(synonym) ?? [])
            {
                Add(arguments, synonym, other);
            }

            Add(arguments, sentence, parsed.GetValue(sentence));
            Add(arguments, regions, parsed.GetValue(regions));
            Add(arguments, regionClass, parsed.GetValue(regionClass));
            Add(arguments, maxRegions, parsed.GetValue(maxRegions)?.ToString(CultureInfo.InvariantCulture));
            Add(arguments, side, parsed.GetValue(side));
            Add(arguments, lost, parsed.GetValue(lost)?.ToString(CultureInfo.InvariantCulture));
            Add(arguments, named, parsed.GetValue(named)?.ToString(CultureInfo.InvariantCulture));
            Add(arguments, clip, parsed.GetValue(clip));
            Add(arguments, tokenizer, parsed.GetValue(tokenizer));
            arguments.AddRange([frozen.Name, .. parsed.GetRequiredValue(frozen)]);
            using RegistryApi registry = new(parsed.GetRequiredValue<Uri>(ModelsCommand.RegistryOption));
            var released = await new WordRelease(registry, new TrainerProcess(program, TextWriter.Synchronized(parsed.InvocationConfiguration.Error)))
                .RunAsync(parsed.GetRequiredValue(model), arguments, parsed.GetValue(agents) ?? [], parsed.GetValue(by), cancellationToken);
            await ReportAsync(parsed.InvocationConfiguration.Output, released, parsed.GetValue(json));
            return released.Release is null ? WordRelease.Refused : ExitCodes.Stopped;
        });
        return command;
    }

    private static void Add(List<string> arguments, Option option, string? value)
    {
        if (value is not null)
        {
            arguments.AddRange([option.Name, value]);
        }
    }

    private static async Task ReportAsync(TextWriter output, WordReleased released, bool json)
    {
        if (json)
        {
            JsonOutput.Write(output, released);
        }
        else if (released is { Release: { } release, Rollout: { } rollout })
        {
            await output.WriteLineAsync(
                $"{release.Model.Name} {release.Model.Version} is release {release.Model.ReleaseCounter}, {release.Model.Digest}, the {rollout.Alias}; {rollout.Agents.Count} agents are told");
        }
        else
        {
            await output.WriteLineAsync($"The word is refused: {released.Tried.GetProperty("reason").GetString()}");
            foreach (var gate in released.Tried.GetProperty("gates").EnumerateArray().Where(gate => !gate.GetProperty("passed").GetBoolean()))
            {
                await output.WriteLineAsync($"{gate.GetProperty("name").GetString()}: {gate.GetProperty("detail").GetString()}");
            }
        }
    }
}
