using IMDD.Contracts.Events;

namespace IMDD.Cloud.Dashboard.Components.Review;

/// <summary>What the browser drew, not yet named.</summary>
/// <param name="ContourPx">Polygon, pixels; or null.</param>
/// <param name="MaskRle">Painted mask; or null.</param>
public sealed record DrawnShape(IReadOnlyList<int>? ContourPx = null, MaskRle? MaskRle = null);
