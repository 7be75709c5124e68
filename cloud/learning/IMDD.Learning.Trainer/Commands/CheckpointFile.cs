using IMDD.Learning.Weights.Files;

namespace IMDD.Learning.Trainer.Commands;

/// <summary>A foundation model's checkpoint, as commands open it.</summary>
internal static class CheckpointFile
{
    /// <summary>Opens one; that it does not say which configuration it belongs to is said once.</summary>
    /// <param name="path">The file.</param>
    /// <param name="warnings">Where that is said.</param>
    public static WeightFiles Open(string path, TextWriter warnings)
    {
        var files = WeightFiles.OpenFile(path);
        if (StoredConfiguration.WarningOf(files) is { } warning)
        {
            warnings.WriteLine($"warning: {warning}");
        }

        return files;
    }
}
