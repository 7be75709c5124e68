namespace IMDD.Cli.Quality;

/// <summary>What a measurement gave.</summary>
/// <param name="Values">The metrics that are defined.</param>
/// <param name="Undefined">The reasons for those that are not.</param>
/// <param name="Pictures">What was looked at; null where the metrics themselves say it, as those of naming do.</param>
internal sealed record Measured(IReadOnlyDictionary<string, double> Values, IReadOnlyDictionary<string, string> Undefined, MeasuredPictures? Pictures);
