namespace IMDD.Contracts.Training;

/// <summary>A frame of a line.</summary>
/// <param name="File">The picture, beside the plan.</param>
/// <param name="Failed">True where the line failed it, false where it passed it.</param>
public sealed record ReplayFrame(string File, bool Failed);
