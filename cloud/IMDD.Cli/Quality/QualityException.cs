namespace IMDD.Cli.Quality;

/// <summary>A row cannot be made now; the others can.</summary>
/// <param name="message">Why.</param>
/// <param name="inner">What told it.</param>
internal sealed class QualityException(string message, Exception? inner = null) : Exception(message, inner);
