namespace IMDD.Cli.Quality;

/// <summary>Models that are trained with one budget, and what is measured of them.</summary>
/// <param name="Id">Short name, also of the result files.</param>
/// <param name="Title">For people.</param>
/// <param name="Trainings">In the order in which they are made.</param>
/// <param name="Measurements">Made after all trainings.</param>
/// <param name="Figures">What the table shows.</param>
internal sealed record QualityRow(
    string Id, string Title, IReadOnlyList<QualityTraining> Trainings, IReadOnlyList<QualityMeasurement> Measurements, IReadOnlyList<QualityFigure> Figures);
