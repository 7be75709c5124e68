using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Splits;

/// <summary>A data set whose copies are joined to groups, with its split.</summary>
/// <param name="Dataset">Problems include pictures that could not be compared.</param>
/// <param name="Split">Its split; shared by all that were divided as one.</param>
public sealed record DividedDataset(Dataset Dataset, DatasetSplit Split);
