namespace IMDD.Cloud.Trainer.Ingest;

/// <summary>A frame that a station has decided.</summary>
/// <param name="Station"><c>enterprise/site/area/line/cell</c>.</param>
/// <param name="Digest">Of the picture.</param>
/// <param name="Failed">True where it failed.</param>
/// <param name="At">When.</param>
internal sealed record StationFrame(string Station, string Digest, bool Failed, DateTimeOffset At);
