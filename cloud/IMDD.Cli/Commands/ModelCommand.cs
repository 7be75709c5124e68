using System.CommandLine;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd model</c>.</summary>
internal static class ModelCommand
{
    public static Command Create() => new("model", "Looks at weights. Beside this, ./imdd model assemble, export and paint: the trainer's program, which carries libtorch.") { ModelInspectCommand.Create() };
}
