namespace IMDD.Cloud.Trainer.Ingest;

/// <summary>A frame that a line has decided.</summary>
/// <param name="Line"><c>enterprise/site/area/line</c>.</param>
/// <param name="Digest">Of the picture.</param>
/// <param name="Failed">True where it failed.</param>
/// <param name="At">When.</param>
internal sealed record LineFrame(string Line, string Digest, bool Failed, DateTimeOffset At);
