using System.CommandLine;
using System.Globalization;
using IMDD.Learning.Trainer.Bench;
using IMDD.Learning.Weights.Configurations;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd bench foundation parts</c>: one pass of each network, each in a process of its own.</summary>
internal static class BenchFoundationPartsCommand
{
    public static Command Create()
    {
        var configuration = BenchFoundationCommand.ConfigurationOption("sd15");
        Option<int> side = new("--latent") { Description = "Side of the latents, a multiple of 8.", DefaultValueFactory = _ => 64 };
        Option<int> threads = new("--threads") { Description = "Threads.", DefaultValueFactory = _ => Environment.ProcessorCount };
        Option<string?> part = new("--part") { Description = $"Only one, in this process: {string.Join(", ", FoundationPart.Names)}." };
        part.AcceptOnlyFromAmong(FoundationPart.Names);
        BenchFoundationCommand.RequirePositive(side, threads);
        var json = JsonLine.CreateOption();
        Command command = new("parts", "Runs each network once in 32 bits, one at a time: time and peak memory.") { configuration, side, threads, part, json };
        command.SetAction(parsed =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var name = parsed.GetRequiredValue(configuration);
            var (latent, count) = (parsed.GetValue(side), parsed.GetValue(threads));
            if (parsed.GetValue(part) is { } one)
            {
                JsonLine.Write(output, FoundationPart.Measure(one, FoundationConfiguration.Of(name), latent, count));
                return 0;
            }

            List<FoundationPartResult> results = [];
            foreach (var each in FoundationPart.Names)
            {
                error.WriteLine(each);
                results.Add(JsonLine.Read<FoundationPartResult>(ChildProcess.Run(
                [
                    "bench", "foundation", "parts", "--config", name, "--latent", Text(latent), "--threads", Text(count), "--part", each, "--json",
                ])));
            }

            Show(new FoundationPartsResult { Configuration = name, LatentSide = latent, Threads = count, Parts = results }, output, parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Show(FoundationPartsResult result, TextWriter output, bool json)
    {
        if (json)
        {
            JsonLine.Write(output, result);
            return;
        }

        foreach (var part in result.Parts)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{part.Name,-16} {part.Parameters,13:N0} parameters  {part.ForwardMs / 1000,7:0.0} s  {part.ProcessPeakBytes / 1e9,5:0.00} GB, {part.ForwardPeakBytes / 1e9:0.00} of it for the pass"));
        }
    }
}
