using IMDD.Contracts.Events;

namespace IMDD.Edge.Camera.Gateway;

/// <summary>One defect of a synthetic frame.</summary>
/// <param name="Kind">Class id.</param>
/// <param name="Severity">How bad.</param>
/// <param name="BboxPx"><c>[x, y, width, height]</c>.</param>
/// <param name="AreaPx">Pixels.</param>
/// <param name="MaskRle">Its own mask, of the size of the frame.</param>
internal sealed record TruthDefect(string Kind, Severity Severity, IReadOnlyList<int> BboxPx, int AreaPx, MaskRle MaskRle);
