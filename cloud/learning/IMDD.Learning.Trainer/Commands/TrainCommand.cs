using System.CommandLine;

namespace IMDD.Learning.Trainer.Commands;

/// <summary><c>imdd train …</c>.</summary>
internal static class TrainCommand
{
    public static Command Create() => new("train", "Trains a model, or measures one that was trained.")
    {
        TrainEdgeCommand.Create(), TrainFoundationCommand.Create(), TrainEvalCommand.Create(), TrainGateCommand.Create(), TrainPredictCommand.Create(), TrainNamingCommand.Create(), TrainExportCommand.Create(),
        TrainCalibrateCommand.Create(), TrainWordCommand.Create(),
    };
}
