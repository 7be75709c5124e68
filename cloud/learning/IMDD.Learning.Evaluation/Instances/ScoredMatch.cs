namespace IMDD.Learning.Evaluation.Instances;

/// <summary>One detection of one class in one image, with its overlap with each true instance there.</summary>
/// <param name="Image">Image index.</param>
/// <param name="Score">Higher is surer.</param>
/// <param name="Overlaps">IoU with each true instance of the image and class, in their order.</param>
public sealed record ScoredMatch(int Image, double Score, IReadOnlyList<double> Overlaps);
