using IMDD.Learning.Training.Runs;

namespace IMDD.Learning.Trainer.Commands;

/// <summary>What whoever trains must know of the data that were read.</summary>
internal static class DataNotices
{
    /// <summary>Files that could not be used, and data sets with too few groups.</summary>
    public static void Write(TextWriter progress, TrainingData data)
    {
        foreach (var problem in data.Problems)
        {
            progress.WriteLine($"not used: {problem.File}: {problem.Reason}");
        }

        if (data.SharingGroups.Count > 0)
        {
            progress.WriteLine($"{string.Join(", ", data.SharingGroups)}: too few groups to keep some for validation alone; figures of the validation side are better than those of the test side will be.");
        }
    }
}
