using System.CommandLine;
using System.Globalization;
using IMDD.Learning.Networks;
using IMDD.Learning.Trainer.Bench;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd bench segmenter</c>: how long the edge network takes.</summary>
internal static class BenchSegmenterCommand
{
    public static Command Create()
    {
        Option<NetworkSize> size = new("--size") { Description = "nano, small or base.", DefaultValueFactory = _ => NetworkSize.Small };
        Option<int> side = new("--side") { Description = "Side of the frames, pixels, a multiple of 32.", DefaultValueFactory = _ => 512 };
        Option<int> runs = new("--runs") { Description = "Runs of each kind, in turn.", DefaultValueFactory = _ => 35 };
        Option<int> threads = new("--threads") { Description = "Threads.", DefaultValueFactory = _ => Environment.ProcessorCount };
        Option<string> python = new("--python") { Description = "An interpreter; where it has a PyTorch, the training step is measured there too.", DefaultValueFactory = _ => "python3" };
        BenchFoundationCommand.RequirePositive(side, runs, threads);
        side.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() % EdgeNetworkOptions.Stride != 0)
            {
                result.AddError($"--side is {result.GetValueOrDefault<int>()}: expected a multiple of {EdgeNetworkOptions.Stride}.");
            }
        });
        var json = JsonLine.CreateOption();
        Command command = new("segmenter", "Measures the edge network: a frame in ONNX Runtime, in 8 bits and in libtorch, and a training step.")
        {
            size, side, runs, threads, python, json,
        };
        command.SetAction(parsed =>
        {
            using SegmenterBench bench = new(new(
                parsed.GetValue(size), parsed.GetValue(side), parsed.GetValue(runs), parsed.GetValue(threads), parsed.GetRequiredValue(python)));
            Show(bench.Run(), parsed.InvocationConfiguration.Output, parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    private static void Show(SegmenterBenchResult result, TextWriter output, bool json)
    {
        if (json)
        {
            JsonLine.Write(output, result);
            return;
        }

        Line($"{result.Size}: {result.Parameters:N0} parameters, frames of {result.Side}², {result.Threads} threads");
        Line($"  ONNX Runtime, fp32  {result.Fp32P50Ms,8:0.0} ms (least {result.Fp32LeastMs:0.0})");
        Line($"  ONNX Runtime, int8  {result.Int8P50Ms,8:0.0} ms (least {result.Int8LeastMs:0.0})  {result.Int8ToFp32.Clock:0.00} of fp32, in processor time {result.Int8ToFp32.Processor:0.00}");
        Line($"  libtorch, eager     {result.EagerP50Ms,8:0.0} ms  {result.EagerToFp32.Clock:0.00} of fp32, in processor time {result.EagerToFp32.Processor:0.00}");
        Line($"  training step       {result.StepMs,8:0.0} ms, {SegmenterBench.StepCrops} crops of {SegmenterBench.CropSide}²");
        Line($"  without modules     {result.BareStepMs,8:0.0} ms  step / bare {result.StepToBare.Clock:0.000}, in processor time {result.StepToBare.Processor:0.000}");
        if (result.Python is { } python)
        {
            Line($"  PyTorch {python.Version,-11} {python.StepMs,8:0.0} ms for the same step");
        }

        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    }
}
