namespace IMDD.Cli.Quality;

/// <summary>What a measurement looked at, by the names of <c>imdd eval --json</c>.</summary>
/// <param name="Images">Pictures that were measured.</param>
/// <param name="FilesNotUsed">Files of the data sets that could not be used.</param>
/// <param name="FilesNotMeasured">Pictures of the side that could not be measured: the figures are without them.</param>
internal sealed record MeasuredPictures(int Images, int FilesNotUsed, int FilesNotMeasured);
