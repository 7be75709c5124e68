using IMDD.Learning.Training;

namespace IMDD.Learning.Trainer.Commands;

/// <summary>Where a command writes a bundle that it makes of another.</summary>
internal static class OutFolder
{
    /// <exception cref="TrainingException">It is that other one's.</exception>
    public static void RequireOther(string folder, string model)
    {
        if (Place(model) == Place(folder))
        {
            throw new TrainingException($"--out is {folder}, the model's own folder: expected another.");
        }
    }

    private static string Place(string folder)
        => Path.TrimEndingDirectorySeparator((Directory.Exists(folder) ? Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName : null) ?? folder);
}
