namespace IMDD.Cli.Learn;

/// <summary>A line of a camera gateway's truth file, as far as it is needed here.</summary>
/// <param name="Camera">Camera's name.</param>
/// <param name="FrameId">The frame.</param>
/// <param name="Defects">What it shows.</param>
internal sealed record LineTruth(string Camera, string FrameId, IReadOnlyList<LineDefect> Defects);
