namespace IMDD.Inference.Regions;

/// <summary>How sure a region's name is.</summary>
/// <param name="Best">Mean score of the best class over the region, comparable with those of the alternatives.</param>
/// <param name="Row">Mean score of that class's best row where it is best: what is held against the threshold.</param>
/// <param name="Threshold">The row's; below it the region is an unknown defect.</param>
public sealed record NameEvidence(double Best, double Row, double Threshold);
