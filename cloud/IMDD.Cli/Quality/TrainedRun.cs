namespace IMDD.Cli.Quality;

/// <summary>What the trainer said at the end of a run, as far as it is kept.</summary>
/// <param name="Name">Of the training.</param>
/// <param name="BundleDigest">Of the bundle's manifest.</param>
/// <param name="Digest">Of the weights.</param>
/// <param name="Parent">Of the weights that it started from; null from nothing.</param>
/// <param name="Size">Of the network.</param>
/// <param name="Step">Steps taken.</param>
/// <param name="BestStep">Step of the weights that were kept.</param>
/// <param name="CpuMinutes">Of the steps.</param>
/// <param name="TrainPictures">Learned from.</param>
/// <param name="ValidationPictures">Judged by.</param>
/// <param name="SplitIds">Of its data sets.</param>
/// <param name="DrawShares">Share of the crops that each data set had, in their order.</param>
/// <param name="Curve">Its validations; null in results of earlier versions.</param>
/// <param name="CodeCommit">That the trainer was built from; null in results of earlier versions, and outside a repository.</param>
internal sealed record TrainedRun(
    string Name,
    string BundleDigest,
    string Digest,
    string? Parent,
    string Size,
    long Step,
    long BestStep,
    double CpuMinutes,
    int TrainPictures,
    int ValidationPictures,
    IReadOnlyList<string> SplitIds,
    IReadOnlyList<double> DrawShares,
    IReadOnlyList<CurvePoint>? Curve = null,
    string? CodeCommit = null);
