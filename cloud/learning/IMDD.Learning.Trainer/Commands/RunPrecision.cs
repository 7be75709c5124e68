using IMDD.Learning.Networks.Training;
using IMDD.Learning.Training.Runs;
using TorchSharp;

namespace IMDD.Learning.Trainer.Commands;

/// <summary>What a run computes in. It is kept with the run: one that goes on must not choose anew, by another measurement.</summary>
internal static class RunPrecision
{
    private const string File = "precision";

    /// <summary>The run's own where it has begun, what is asked for, or what is faster.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="options">Its options, whose precision counts where it is not chosen.</param>
    /// <param name="isAutomatic">Whether it is to be chosen.</param>
    public static PrecisionChoice Of(string run, FoundationTrainingOptions options, bool isAutomatic)
    {
        var path = Path.Combine(run, File);
        var choice = !isAutomatic ? new PrecisionChoice(options.Precision, "asked for")
            : System.IO.File.Exists(path) && Enum.TryParse<NumberFormat>(System.IO.File.ReadAllText(path), out var begun) ? new PrecisionChoice(begun, "as the run began")
            : options.Steps == 0 ? new PrecisionChoice(NumberFormat.Single, "there is no first stage")
            : Choose(options);
        System.IO.File.WriteAllText(path + ".part", choice.Format.ToString());
        System.IO.File.Move(path + ".part", path, overwrite: true);
        return choice;
    }

    private static PrecisionChoice Choose(FoundationTrainingOptions options)
    {
        torch.set_num_threads(options.Threads);
        var configuration = options.Configuration;
        return PrecisionTrial.Choose(
            configuration.Unet,
            options.BatchSize,
            options.CropSide / configuration.LatentStride,
            configuration.Text.Context,
            options.IsCheckpointed,
            options.Device);
    }
}
