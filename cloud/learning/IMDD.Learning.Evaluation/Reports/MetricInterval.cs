namespace IMDD.Learning.Evaluation.Reports;

/// <summary>A 95 % interval.</summary>
/// <param name="Low">2.5 %.</param>
/// <param name="High">97.5 %.</param>
public readonly record struct MetricInterval(double Low, double High);
