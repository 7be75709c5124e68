using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Evaluation.Gates;

/// <summary>A picture that both models have seen.</summary>
internal sealed record PairedPicture(DatasetSample Sample, PictureFigures Champion, PictureFigures Challenger);
