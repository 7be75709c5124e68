namespace IMDD.Cloud.Trainer.Children;

/// <summary>The program that trains: one of its own, since only it carries libtorch.</summary>
internal static class TrainingProgram
{
    public const string Name = "IMDD.Learning.Trainer";

    /// <summary>Its file; null where it is not there.</summary>
    public static string? Find(TrainerOptions options)
    {
        if (options.Program is { } given)
        {
            return File.Exists(given) ? Path.GetFullPath(given) : null;
        }

        // Beside this program, or in the build's folder beside this program's.
        var own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        string[] places = [own, Path.Combine(own, "..", "..", Name, Path.GetFileName(own))];
        return places.Select(folder => Path.GetFullPath(Path.Combine(folder, Name + ".dll"))).FirstOrDefault(File.Exists);
    }
}
