using System.CommandLine;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd model …</c>, what of it needs libtorch.</summary>
internal static class ModelCommand
{
    public static Command Create() => new("model", "Makes checkpoints, and pictures with them.") { ModelAssembleCommand.Create(), ModelPaintCommand.Create() };
}
