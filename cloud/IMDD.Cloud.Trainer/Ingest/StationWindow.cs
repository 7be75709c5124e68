using IMDD.Contracts.Identity;

namespace IMDD.Cloud.Trainer.Ingest;

/// <summary>How many frames of a camera passed and failed in some minutes.</summary>
/// <param name="Camera">The camera.</param>
/// <param name="Start">Of the window.</param>
/// <param name="Passed">Frames that passed.</param>
/// <param name="Failed">Frames that failed.</param>
internal sealed record StationWindow(CameraPath Camera, DateTimeOffset Start, long Passed, long Failed);
