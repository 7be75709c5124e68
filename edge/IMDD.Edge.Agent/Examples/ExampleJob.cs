using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Intake;

namespace IMDD.Edge.Agent.Examples;

/// <summary>A frame that may be offered, on its way from its inspection to the spool: what of the frame outlives its acknowledgement.</summary>
/// <param name="Example">The event's data, but for the picture's address; without a reason until the second model has seen it.</param>
/// <param name="Picture">Copy of the encoded picture.</param>
/// <param name="Line">The camera.</param>
/// <param name="Recipe">What it was decided by.</param>
/// <param name="Decision">What was decided.</param>
/// <param name="Look">What it looks like.</param>
/// <param name="Happened">Exposure, or receipt.</param>
/// <param name="TraceParent">The frame's trace, or null.</param>
/// <param name="WantsShadow">True when the second model is to see it.</param>
internal sealed record ExampleJob(
    HardExample Example, byte[] Picture, CameraLine Line, StationRecipe Recipe, Decision Decision, Thumbprint Look, DateTimeOffset Happened, string? TraceParent, bool WantsShadow);
