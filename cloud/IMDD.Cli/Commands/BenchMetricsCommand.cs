using System.CommandLine;
using IMDD.Cli.Bench;
using IMDD.Cli.Output;
using IMDD.Hosting;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd bench metrics</c>: time and memory of the exact pixel metrics at the size of a large test set.</summary>
internal static class BenchMetricsCommand
{
    public static Command Create()
    {
        Option<int> maps = new("--maps") { Description = "Score maps.", DefaultValueFactory = _ => 100 };
        Option<int> side = new("--side") { Description = "Width and height of a map, pixels.", DefaultValueFactory = _ => 1024 };
        var json = JsonOutput.CreateOption();
        Command command = new("metrics", "Measures exact pixel AUROC and AUPRO over many maps.") { maps, side, json };
        command.SetAction(parsed =>
        {
            var result = MetricsBench.Run(parsed.GetValue(maps), parsed.GetValue(side));
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(output, result);
            }
            else
            {
                output.WriteLine($"{result.Maps} maps of {result.Side}×{result.Side}: {result.Seconds:0.00} s ({result.CpuSeconds:0.00} s of CPU), peak {result.PeakBytes / 1e9:0.00} GB");
                output.WriteLine($"pixel AUROC {result.PixelAuroc:0.000000}, AUPRO@0.3 {result.Aupro30:0.000000}, AUPRO@0.05 {result.Aupro5:0.000000}");
            }

            return ExitCodes.Stopped;
        });
        return command;
    }
}
