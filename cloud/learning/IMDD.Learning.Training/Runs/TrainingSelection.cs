using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Training.Runs;

/// <summary>What a run learns from.</summary>
public sealed record TrainingSelection
{
    /// <summary><c>KEY:PATH</c> each, divided into three sides.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>
    /// Further data sets without a test side: what is not validated on is learned from. What is held back of them lies elsewhere. One with few
    /// defective pictures is learned from, and judged by, as a whole.
    /// </summary>
    public IReadOnlyList<string> Whole { get; init; } = [];

    /// <summary>
    /// Further data sets whose names say what defects look like, not what they are: pixels learn to match those words, so that a word that is new to the
    /// model can be told of by them, but none becomes a name that the model gives. Learned from as a whole, and not judged by.
    /// </summary>
    public IReadOnlyList<string> Descriptions { get; init; } = [];

    /// <summary>Training pictures that are drawn for each class (<see cref="Datasets.Splits.KShot"/>); null: all.</summary>
    public int? Shots { get; init; }

    /// <summary>Which shots are drawn.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// True: no defective picture is learned from or judged by. What is judged by are normal pictures that were held back, each as it is and with a
    /// defect painted on it.
    /// </summary>
    public bool NormalOnly { get; init; }

    /// <summary>Side of the square that such a defect is painted in, pixels: that of a training crop.</summary>
    public int PaintedSide { get; init; } = new CropOptions().Side;

    /// <summary>Classes that are named whether or not a picture shows them.</summary>
    public IReadOnlyList<TrainedClass> KeptClasses { get; init; } = [];

    /// <summary><c>sha256:</c> digests of picture files that must be neither learned from nor validated on.</summary>
    public IReadOnlySet<string> Excluded { get; init; } = PictureDigests.None;
}
