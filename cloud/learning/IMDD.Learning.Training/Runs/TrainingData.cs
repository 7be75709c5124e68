using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Training.Runs;

/// <summary>What a run learns from and is judged by.</summary>
/// <param name="Names">The data sets as they were named.</param>
/// <param name="SplitIds">Their splits, as <see cref="Datasets.Splits.LearnedSplits"/> says them.</param>
/// <param name="Classes">All classes, in ordinal order of their ids.</param>
/// <param name="Descriptions">Further classes of the training pictures, numbered after those, which are words for them but no names that the model gives.</param>
/// <param name="Train">Pictures to learn from.</param>
/// <param name="Validation">Pictures to judge by.</param>
/// <param name="Problems">Files that could not be used.</param>
public sealed record TrainingData(
    IReadOnlyList<string> Names,
    IReadOnlyList<string> SplitIds,
    IReadOnlyList<TrainedClass> Classes,
    IReadOnlyList<TrainedClass> Descriptions,
    IReadOnlyList<TrainingPicture> Train,
    IReadOnlyList<TrainingPicture> Validation,
    IReadOnlyList<FileProblem> Problems)
{
    /// <summary>
    /// Seed of the defects that were painted on the pictures to judge by, which are then normal ones, each as it is and painted; null: they are as the
    /// data sets have them.
    /// </summary>
    public int? PaintedSeed { get; init; }

    /// <summary>Data sets with too few groups: some pictures to judge by are of groups that are learned from, too, and look better for it.</summary>
    public IReadOnlyList<string> SharingGroups { get; init; } = [];

    /// <summary>Pictures to judge by on which nothing was painted.</summary>
    public IReadOnlyList<TrainingPicture> Unpainted => PaintedSeed is null ? Validation : [.. Validation.Where(p => !p.IsDefective)];

    /// <summary>
    /// Larger side, pixels, of the middle one of the defective pictures to learn from, where most of them are labelled as a whole only: crops, which show such
    /// as a whole, want to be as large; null: most are marked.
    /// </summary>
    public int? WholeSide()
    {
        var sides = Train.Where(p => p.WholeLabel == true).Select(p => Math.Max(p.Width, p.Height)).Order().ToList();
        return sides.Count > 0 && 2 * sides.Count >= Train.Count(p => p.IsDefective) ? sides[sides.Count / 2] : null;
    }

    /// <summary>Digest of what the pictures show and of their truth, not of their names.</summary>
    public string Digest() => PictureContent.Digest(AllClasses, Train, Validation);

    /// <summary>All classes of the training pictures, in the order of their numbers.</summary>
    public IReadOnlyList<TrainedClass> AllClasses => [.. Classes, .. Descriptions];
}
