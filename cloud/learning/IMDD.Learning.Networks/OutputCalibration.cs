namespace IMDD.Learning.Networks;

/// <summary>How logits become probabilities: sigmoid of scale × logit + offset.</summary>
/// <param name="DefectScale">Of a pixel.</param>
/// <param name="DefectOffset">Of a pixel.</param>
/// <param name="ImageScale">Of the picture's peak mean of pixel logits (<see cref="PeakMean"/>).</param>
/// <param name="ImageOffset">Of the same.</param>
public sealed record OutputCalibration(double DefectScale, double DefectOffset, double ImageScale, double ImageOffset);
