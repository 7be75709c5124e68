namespace IMDD.Contracts.Models;

/// <summary>
/// How surely a region is a defect, fitted where the truth is known: sigmoid(offset + peakScale × logit of its score + areaScale × natural logarithm of its
/// area). What is large is surer to be one on some surfaces, and says nothing on others.
/// </summary>
/// <param name="Offset">Added.</param>
/// <param name="PeakScale">Times the logit of the score, its highest defect probability, which is taken as 0.000001 to 0.999999; not below 0.</param>
/// <param name="AreaScale">Times the logarithm of the area in pixels of the frame.</param>
public sealed record BundleRegionConfidence(double Offset, double PeakScale, double AreaScale);
