namespace IMDD.Learning.Networks.Losses;

/// <summary>On how many points masks are compared instead of on all pixels (Cheng et al. 2022, section 3.3).</summary>
/// <param name="Count">Points per mask.</param>
/// <param name="Oversampling">Points drawn for each one kept.</param>
/// <param name="Uncertain">Share of the points that are the most uncertain of those drawn; the rest is random.</param>
public sealed record MaskPointOptions(int Count = 12_544, double Oversampling = 3, double Uncertain = 0.75);
