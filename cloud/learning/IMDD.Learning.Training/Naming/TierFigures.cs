using IMDD.Learning.Datasets.Splits;

namespace IMDD.Learning.Training.Naming;

/// <summary>How well defects are named whose names are new to the model in one way.</summary>
/// <param name="Tier">How new the names are.</param>
/// <param name="Pictures">Pictures of one class that were named.</param>
/// <param name="Accuracy">Share that got the right name, of all names that their kind of product has.</param>
/// <param name="Chance">What guessing among these names would reach.</param>
/// <param name="AccuracyOfAll">Share that got the right name, of all names there are.</param>
/// <param name="ChanceOfAll">What guessing among all would reach.</param>
public sealed record TierFigures(NameTier Tier, int Pictures, double Accuracy, double Chance, double AccuracyOfAll, double ChanceOfAll);
