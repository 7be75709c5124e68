using System.CommandLine;
using System.Globalization;
using IMDD.Learning.Trainer.Bench;
using IMDD.Learning.Weights.Configurations;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd bench foundation steps</c>: whether training steps leave tensors behind.</summary>
internal static class BenchFoundationStepsCommand
{
    private const int ProgressEvery = 100;

    public static Command Create()
    {
        var configuration = BenchFoundationCommand.ConfigurationOption("tiny");
        Option<int> steps = new("--steps") { Description = "Steps of each stage.", DefaultValueFactory = _ => 1000 };
        Option<int> side = new("--latent") { Description = "Side of the latents, a multiple of 8.", DefaultValueFactory = _ => 16 };
        Option<int> threads = new("--threads") { Description = "Threads.", DefaultValueFactory = _ => 1 };
        Option<bool> checkpointed = new("--checkpointed") { Description = "Keep only the layers' inputs for the backward pass." };
        BenchFoundationCommand.RequirePositive(steps, side, threads);
        var json = JsonLine.CreateOption();
        Command command = new("steps", "Takes many training steps of both stages and counts what they leave; fails where that is anything.")
        {
            configuration, steps, side, threads, checkpointed, json,
        };
        command.SetAction(parsed =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var result = FoundationSteps.Run(
                FoundationConfiguration.Of(parsed.GetRequiredValue(configuration)),
                parsed.GetValue(steps),
                parsed.GetValue(side),
                parsed.GetValue(threads),
                parsed.GetValue(checkpointed),
                Tell);
            Show(result, output, parsed.GetValue(json));
            return result.Passed ? 0 : 1;

            void Tell(int step)
            {
                if (step % ProgressEvery == 0)
                {
                    error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step} steps"));
                }
            }
        });
        return command;
    }

    private static void Show(FoundationStepsResult result, TextWriter output, bool json)
    {
        if (json)
        {
            JsonLine.Write(output, result);
            return;
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Configuration}: {result.Steps} steps of each stage, {result.StepPairMs:0.0} ms a pair; live tensors {result.LiveTensorsBefore} before, {result.LiveTensorsAfter} after; resident memory {result.ResidentGrowthBytes / 1e6:+0.0;-0.0;0} MB"));
        BenchVerdict.Show(result.Checks, output);
    }
}
