namespace IMDD.Learning.Networks.Training;

/// <summary>What a denoising network is to compute in while it is trained.</summary>
/// <param name="Format">The format.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record PrecisionChoice(NumberFormat Format, string Reason);
