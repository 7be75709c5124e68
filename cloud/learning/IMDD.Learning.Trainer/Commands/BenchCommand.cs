using System.CommandLine;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd bench …</c>, what of it needs libtorch.</summary>
internal static class BenchCommand
{
    public static Command Create() => new("bench", "Measures networks on this machine.") { BenchFoundationCommand.Create(), BenchSegmenterCommand.Create() };
}
