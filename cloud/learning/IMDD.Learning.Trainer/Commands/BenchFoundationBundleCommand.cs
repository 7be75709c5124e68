using System.CommandLine;
using System.Globalization;
using IMDD.Learning.Trainer.Bench;
using IMDD.Learning.Weights.Configurations;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd bench foundation bundle</c>: export, parity over the whole path, load, and a frame.</summary>
internal static class BenchFoundationBundleCommand
{
    public static Command Create()
    {
        var configuration = BenchFoundationCommand.ConfigurationOption("base");
        Option<bool> half = new("--fp16") { Description = "The bundle computes in 16 bits." };
        Option<bool> streamed = new("--streamed") { Description = "From a checkpoint, a tensor at a time, without building the network." };
        Option<int> side = new("--frame") { Description = "Side of the frame that is run, pixels.", DefaultValueFactory = _ => 256 };
        Option<int> threads = new("--threads") { Description = "Threads.", DefaultValueFactory = _ => Environment.ProcessorCount };
        BenchFoundationCommand.RequirePositive(side, threads);
        var json = JsonLine.CreateOption();
        Command command = new("bundle", "Exports a model with drawn weights as a bundle, compares graph and network to 1e-3, without which it fails, and runs it as the agent does.")
        {
            configuration, half, streamed, side, threads, json,
        };
        command.SetAction(parsed =>
        {
            // Where the command is run: a full-size model is too large for many a folder of temporary files.
            var folder = Directory.CreateDirectory($".imdd-bench-{Path.GetRandomFileName()}");
            try
            {
                Show(
                    FoundationBundleBench.Run(
                        FoundationConfiguration.Of(parsed.GetRequiredValue(configuration)),
                        Path.Combine(folder.FullName, "bundle"),
                        parsed.GetValue(streamed) ? Path.Combine(folder.FullName, "drawn.safetensors") : null,
                        parsed.GetValue(half),
                        parsed.GetValue(side),
                        parsed.GetValue(threads)),
                    parsed.InvocationConfiguration.Output,
                    parsed.GetValue(json));
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        });
        return command;
    }

    private static void Show(FoundationBundleResult result, TextWriter output, bool json)
    {
        if (json)
        {
            JsonLine.Write(output, result);
            return;
        }

        Line($"{result.Configuration}{(result.Half ? " in 16 bits" : "")}: bundle of {result.BundleBytes / 1e6:0} MB");
        Line($"  export  {result.ExportSeconds,7:0.0} s  {result.ExportPeakBytes / 1e6,6:0} MB  error at most {result.LargestError:0.0e+0}, {result.LargestDifferingShare:0.0 %} of names differ");
        if (result.WritePeakBytes is { } peak)
        {
            Line($"  of it   {"",7}    {peak / 1e6,6:0} MB until graph and weights were written");
        }

        Line($"  load    {result.LoadSeconds,7:0.0} s");
        Line($"  frame   {result.FrameMs / 1000,7:0.0} s  {result.FrameSide}²");
        BenchVerdict.Show(result.Checks, output);

        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    }
}
