using System.CommandLine;
using System.Globalization;
using IMDD.Learning.Trainer.Bench;
using IMDD.Learning.Weights.Configurations;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd bench foundation</c>: time and memory of the foundation model's denoising network.</summary>
internal static class BenchFoundationCommand
{
    public static Command Create()
    {
        var configuration = ConfigurationOption("base");
        Option<int> batch = new("--batch") { Description = "Images per run.", DefaultValueFactory = _ => 4 };
        Option<int> side = new("--latent") { Description = "Side of the latents, a multiple of 8; 64 are pictures of 512 by 512 pixels at full size.", DefaultValueFactory = _ => 64 };
        Option<int> runs = new("--runs") { Description = "Runs of each kind, in turn.", DefaultValueFactory = _ => 5 };
        Option<int> threads = new("--threads") { Description = "Threads.", DefaultValueFactory = _ => Environment.ProcessorCount };
        Option<int> sampler = new("--sampler-steps") { Description = "Steps of DPM-Solver++ compared with bare passes; 0: none.", DefaultValueFactory = _ => 20 };
        Option<bool> timeOnly = new("--time-only") { Description = "Leave memory out." };
        Option<string?> memory = new("--memory-of") { Hidden = true };
        memory.AcceptOnlyFromAmong(FoundationBench.MemoryKinds);
        Option<string> python = new("--python") { Description = "An interpreter; where it has a PyTorch, the training step is measured there too.", DefaultValueFactory = _ => "python3" };
        var device = TorchDevices.CreateOption();
        Option<string> precision = new("--precision") { Description = "Of weights, feature maps and gradients: fp32 or bf16.", DefaultValueFactory = _ => BenchPlace.PrecisionNames[0] };
        precision.AcceptOnlyFromAmong(BenchPlace.PrecisionNames);
        Option<bool> channelsLast = new("--channels-last") { Description = "Also measure a step with the channels of a pixel side by side in memory." };
        Option<double?> peak = new("--peak-tflops") { Description = "What the device can do in this precision, 10¹² operations a second: what utilisation is a share of." };
        peak.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is not (null or (> 0 and < double.PositiveInfinity)))
            {
                result.AddError($"{peak.Name} is {result.GetValueOrDefault<double?>()}: expected more than 0.");
            }
        });
        RequirePositive(batch, side, runs, threads);
        var check = BenchVerdict.CreateOption();
        var json = JsonLine.CreateOption();
        Command command = new("foundation", "Measures the foundation model: a pass, a training step with and without checkpoints and modules, sampling.")
        {
            configuration, batch, side, runs, threads, sampler, timeOnly, python, device, precision, channelsLast, peak, memory, check, json,
            BenchFoundationStepsCommand.Create(), BenchFoundationPartsCommand.Create(), BenchFoundationBundleCommand.Create(),
        };
        command.SetAction(parsed =>
        {
            FoundationBenchOptions options = new(
                parsed.GetRequiredValue(configuration),
                parsed.GetValue(batch),
                parsed.GetValue(side),
                parsed.GetValue(runs),
                parsed.GetValue(threads),
                parsed.GetValue(sampler),
                !parsed.GetValue(timeOnly),
                parsed.GetRequiredValue(python),
                parsed.GetRequiredValue(device),
                parsed.GetRequiredValue(precision),
                parsed.GetValue(channelsLast),
                parsed.GetValue(peak));
            var output = parsed.InvocationConfiguration.Output;
            using FoundationBench bench = new(options);
            if (parsed.GetValue(memory) is { } kind)
            {
                output.WriteLine(bench.Memory(kind).ToString(CultureInfo.InvariantCulture));
                return 0;
            }

            var result = bench.Run(kind => MeasureMemory(options, kind));
            Show(result, output, parsed.GetValue(json));
            return BenchVerdict.ExitCode(result.Checks, parsed.GetValue(check));
        });
        return command;
    }

    /// <summary><c>--config</c>, of the configurations that come with the program.</summary>
    public static Option<string> ConfigurationOption(string standard)
    {
        Option<string> configuration = new("--config") { Description = $"{string.Join(", ", FoundationConfiguration.Known)}.", DefaultValueFactory = _ => standard };
        configuration.AcceptOnlyFromAmong([.. FoundationConfiguration.Known]);
        return configuration;
    }

    /// <summary>One that comes with the program, or a file with another.</summary>
    public static Option<string> ConfigurationOrFileOption(string standard) => new("--config")
    {
        Description = $"{string.Join(", ", FoundationConfiguration.Known)}, or a file with a configuration.",
        DefaultValueFactory = _ => standard,
    };

    /// <summary>Refuses numbers below 1.</summary>
    public static void RequirePositive(params ReadOnlySpan<Option<int>> options)
    {
        foreach (var number in options)
        {
            number.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int>() < 1)
                {
                    result.AddError($"{number.Name} is {result.GetValueOrDefault<int>()}: expected at least 1.");
                }
            });
        }
    }

    private static long MeasureMemory(FoundationBenchOptions options, string kind)
    {
        var text = ChildProcess.Run(
        [
            "bench", "foundation", "--config", options.Configuration, "--batch", Text(options.Batch), "--latent", Text(options.LatentSide),
            "--threads", Text(options.Threads), "--device", options.Device, "--precision", options.Precision, "--memory-of", kind,
        ]);
        return long.Parse(text, CultureInfo.InvariantCulture);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Show(FoundationBenchResult result, TextWriter output, bool json)
    {
        if (json)
        {
            JsonLine.Write(output, result);
            return;
        }

        Line($"{result.Configuration}: {result.UnetParameters:N0} parameters, batch {result.Batch} of {result.ImageSide}² pixels, {result.LatentSide}² latents, {result.Threads} threads, {result.Device}, {result.Precision}");
        Line($"  a pass for one image has {1000 * result.PassTflop:0.###} GFLOP, a step three times as many{(result.PeakTflops is { } peak ? string.Create(CultureInfo.InvariantCulture, $"; utilisation of {peak} TFLOP/s") : "")}");
        Line($"  pass            {result.ForwardMs,9:0.0} ms  {result.ForwardImagesPerSecond,6:0.00} images/s  {result.ForwardPeakBytes / 1e6,8:0} MB beyond the weights  {result.ForwardTflops,8:0.000} TFLOP/s {result.ForwardUtilisation,7:0.0%}");
        Line($"  step            {result.StepMs,9:0.0} ms  {result.StepImagesPerSecond,6:0.00} images/s  {result.StepPeakBytes / 1e6,8:0} MB beyond the weights  {result.StepTflops,8:0.000} TFLOP/s {result.StepUtilisation,7:0.0%}");
        Line($"  bare step       {result.BareStepMs,9:0.0} ms  step / bare {result.StepToBare.Clock:0.000}, in processor time {result.StepToBare.Processor:0.000}");
        if (result.Python is { } python)
        {
            Line($"  PyTorch step    {python.StepMs,9:0.0} ms  of version {python.Version}; step / that {result.StepToPython:0.000}, pass / that {result.ForwardToPython:0.000}");
        }

        Line($"  checkpointed    {result.CheckpointedStepMs,9:0.0} ms  {result.CheckpointedToStep.Clock:0.00} of the time, {result.CheckpointedToStep.Processor:0.00} of processor time, {result.CheckpointedPeakToStepPeak:0.00} of the memory");
        if (result.ChannelsLastToStep is { } channelsLast)
        {
            Line($"  channels last   {channelsLast.Clock,9:0.000}  of a step's time, {channelsLast.Processor:0.000} of its processor time");
        }

        if (result.SamplingToForward is { } ratio)
        {
            Line($"  sampling        {ratio.Clock,9:0.000}  of as many bare passes, {ratio.Processor:0.000} of their processor time");
            Line($"  with guidance   {result.GuidedSamplingToForward!.Clock,9:0.000}  of twice as many, {result.GuidedSamplingToForward.Processor:0.000} of their processor time");
        }

        BenchVerdict.Show(result.Checks, output);

        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    }
}
