using System.CommandLine;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd model …</c>, what of it needs libtorch.</summary>
internal static class ModelCommand
{
    public static Command Create() => new("model", "Makes checkpoints, and bundles and pictures of them.")
    {
        ModelAssembleCommand.Create(), ModelExportCommand.Create(), ModelPaintCommand.Create(),
    };
}
