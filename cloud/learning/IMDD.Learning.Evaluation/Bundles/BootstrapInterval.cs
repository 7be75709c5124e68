namespace IMDD.Learning.Evaluation.Bundles;

/// <summary>A percentile interval.</summary>
/// <param name="Low">2.5 %.</param>
/// <param name="High">97.5 %.</param>
public readonly record struct BootstrapInterval(double Low, double High);
