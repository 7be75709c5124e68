using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Intake;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>A decided frame that a release is to see as well.</summary>
/// <param name="Picture">Copy of the encoded picture.</param>
/// <param name="Line">The camera.</param>
/// <param name="Recipe">The recipe that it was judged by, and by which the release judges it too.</param>
/// <param name="Decision">What was decided of it.</param>
internal sealed record ShadowFrame(byte[] Picture, CameraLine Line, StationRecipe Recipe, Decision Decision);
