using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;

namespace IMDD.Cloud.Trainer.Ingest;

/// <summary>How many frames of a camera passed and failed in some minutes.</summary>
/// <param name="Camera">The camera.</param>
/// <param name="Start">Of the window.</param>
/// <param name="Passed">Frames that passed.</param>
/// <param name="Failed">Frames that failed.</param>
/// <param name="Recipe">Digest of the recipe that they were decided by; null: by none of the station's own.</param>
/// <param name="Sketch">What they looked like.</param>
internal sealed record StationWindow(CameraPath Camera, DateTimeOffset Start, long Passed, long Failed, string? Recipe, StatisticsSketch Sketch);
