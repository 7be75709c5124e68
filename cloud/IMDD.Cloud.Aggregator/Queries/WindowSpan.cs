namespace IMDD.Cloud.Aggregator.Queries;

/// <summary>A span of whole windows.</summary>
/// <param name="From">Start of the first.</param>
/// <param name="To">End of the last, exclusive.</param>
/// <param name="Seconds">Size of the windows.</param>
internal readonly record struct WindowSpan(DateTimeOffset From, DateTimeOffset To, int Seconds);
