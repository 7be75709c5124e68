using IMDD.Contracts.Events;

namespace IMDD.Cli.Learn;

/// <summary>A defect that a frame shows.</summary>
/// <param name="Kind">Class id.</param>
/// <param name="MaskRle">Its own mask, of the size of the frame.</param>
internal sealed record LineDefect(string Kind, MaskRle MaskRle);
