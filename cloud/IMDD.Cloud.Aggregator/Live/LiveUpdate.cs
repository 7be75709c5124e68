namespace IMDD.Cloud.Aggregator.Live;

/// <summary>Something changed.</summary>
/// <param name="Event">One of <see cref="Contracts.Queries.LiveEvents"/>.</param>
/// <param name="Line">The line it belongs to.</param>
/// <param name="Identity">What it is, within its kind.</param>
/// <param name="Version">Which state of it.</param>
/// <param name="Json">The whole of it.</param>
internal sealed record LiveUpdate(string Event, string Line, string Identity, string Version, string Json);
