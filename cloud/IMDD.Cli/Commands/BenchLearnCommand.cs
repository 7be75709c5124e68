using System.CommandLine;
using IMDD.Cli.Demo;
using IMDD.Cli.Learn;
using IMDD.Cli.Output;
using IMDD.Cli.Quality;
using IMDD.Hosting;
using IMDD.Inference;
using IMDD.Inference.Bundles;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd bench learn</c>: what a few labels teach a model, without a plant around it.</summary>
internal static class BenchLearnCommand
{
    public static Command Create()
    {
        Option<string> seeds = new("--seeds") { Description = "Seeds, a,b,…; each draws a new kind and its lines.", DefaultValueFactory = _ => "1,2,3" };
        LearnRecipe standard = new();
        Option<double> minutes = new("--minutes") { Description = "CPU-minutes of training.", DefaultValueFactory = _ => standard.Minutes };
        Option<double> rate = new("--learning-rate") { Description = "Highest learning rate.", DefaultValueFactory = _ => standard.LearningRate };
        Option<int> replay = new("--replay-frames") { Description = "Frames of known kinds that are learned from again.", DefaultValueFactory = _ => standard.ReplayFrames };
        Option<double> memory = new("--memory") { Description = "Weight by which the network is held to what it said before.", DefaultValueFactory = _ => standard.Memory };
        Option<bool> whole = new("--whole-network") { Description = "Train the whole network on, instead of a branch beside it." };
        Option<DirectoryInfo?> bundle = new("--bundle") { Description = "The model that goes in; the demo's by default." };
        Option<DirectoryInfo?> work = new("--work") { Description = "Keeps labels and models; a temporary folder by default." };
        Option<FileInfo?> trainer = new("--trainer") { Description = "The trainer's program; found beside this one by default." };
        Option<string[]> arguments = new("--trainer-argument") { Description = "A further argument of the trainer, such as --trainer-argument=--batch." };
        var json = JsonOutput.CreateOption();
        Command command = new("learn", "Learns kinds that nobody has seen from a few labels, as imdd demo --learn does.")
        {
            seeds, minutes, rate, replay, memory, whole, bundle, work, trainer, arguments, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var chosen = SeedList.Parse(parsed.GetRequiredValue(seeds));
            var program = parsed.GetValue(trainer)?.FullName ?? TrainerProcess.Find()
                ?? throw new CommandFailedException("The learning program, IMDD.Learning.Trainer, is not beside this one: give --trainer.", ExitCodes.ConfigurationInvalid);
            var model = parsed.GetValue(bundle)?.FullName ?? DemoCommand.ShippedBundle(DemoPlant.DefaultBundle)!;
            var own = parsed.GetValue(work) is null ? Directory.CreateTempSubdirectory("imdd-bench-learn-") : null;
            try
            {
                var progress = TextWriter.Synchronized(parsed.InvocationConfiguration.Error);
                LearnRecipe recipe = new()
                {
                    Minutes = parsed.GetValue(minutes),
                    LearningRate = parsed.GetValue(rate),
                    ReplayFrames = parsed.GetValue(replay),
                    Memory = parsed.GetValue(memory),
                    SideBranch = !parsed.GetValue(whole),
                };
                LearnBench bench = new(new TrainerProcess(program, progress), model, own?.FullName ?? parsed.GetValue(work)!.FullName, recipe, parsed.GetValue(arguments) ?? []);
                List<LearnBenchResult> results = [];
                foreach (var seed in chosen)
                {
                    var result = await bench.RunAsync(new LearnSettings(seed, false, model, false, null, 0, 0, 0), cancellation).ConfigureAwait(false);
                    results.Add(result);
                    await progress.WriteLineAsync(Said(result)).ConfigureAwait(false);
                }

                Report(parsed, results, parsed.GetValue(json));
                return ExitCodes.Stopped;
            }
            catch (Exception e) when (e is QualityException or ModelBundleException or SegmenterException)
            {
                throw new CommandFailedException(e.Message, ExitCodes.Failed, e);
            }
            finally
            {
                own?.Delete(recursive: true);
            }
        });
        return command;
    }

    private static void Report(ParseResult parsed, List<LearnBenchResult> results, bool json)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (!json)
        {
            results.ForEach(result => output.WriteLine(Said(result)));
            return;
        }

        JsonOutput.Write(output, new
        {
            Runs = results,
            RecallNewAfter = results.Min(result => result.RecallNewAfter),
            DetectionNewAfter = results.Min(result => result.DetectionNewAfter),
            OldKindsChangePoints = results.Min(result => result.OldKindsChangePoints),
            LabelsUsed = results.Max(result => result.LabelsUsed),
        });
    }

    private static string Said(LearnBenchResult result) => FormattableString.Invariant(
        $"seed {result.Seed}, {result.NewKind}, {result.LabelsUsed} labels: recall {result.RecallNewAfter:0.00} on the worst line ({string.Join(' ', result.RecallByLine.Select(share => share.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture)))}), detection {result.DetectionNewAfter:0.00}; old kinds {result.OldKindsChangePoints:+0.0;-0.0} points: recall {result.OldKindsBefore.Recall:0.000} to {result.OldKindsAfter.Recall:0.000}, detection {result.OldKindsBefore.Detection:0.000} to {result.OldKindsAfter.Detection:0.000}, false alarms {result.OldKindsBefore.FalseAlarms:0.000} to {result.OldKindsAfter.FalseAlarms:0.000}");
}
