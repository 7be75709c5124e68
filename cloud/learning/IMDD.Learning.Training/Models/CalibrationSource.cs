namespace IMDD.Learning.Training.Models;

/// <summary>What a model was calibrated by after its training.</summary>
/// <param name="SplitIds">Splits of the data sets.</param>
/// <param name="DatasetDigest">Of their pictures and truth.</param>
/// <param name="CodeCommit">Commit of the code that calibrated; null where that was not known.</param>
public sealed record CalibrationSource(IReadOnlyList<string> SplitIds, string DatasetDigest, string? CodeCommit);
