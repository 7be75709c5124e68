namespace IMDD.Edge.Agent.Outcomes;

/// <summary>How far a camera's numbering is known from the last life of the agent.</summary>
/// <param name="CameraKey">The camera's path.</param>
/// <param name="BootId">The camera gateway's boot.</param>
/// <param name="First">First sequence that came.</param>
/// <param name="High">Highest sequence with an outcome.</param>
internal sealed record SequenceMark(string CameraKey, string BootId, long First, long High);
