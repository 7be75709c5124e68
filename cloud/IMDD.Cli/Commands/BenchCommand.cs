using System.CommandLine;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd bench</c>.</summary>
internal static class BenchCommand
{
    public static Command Create() => new("bench", "Measures on this machine. Beside these, ./imdd bench foundation and bench segmenter: the trainer's program, which carries libtorch.")
    {
        BenchEdgeCommand.Create(), BenchDataCommand.Create(), BenchMetricsCommand.Create(), BenchQualityCommand.Create(), BenchLearnCommand.Create(),
    };
}
