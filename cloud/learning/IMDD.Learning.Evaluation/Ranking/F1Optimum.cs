namespace IMDD.Learning.Evaluation.Ranking;

/// <summary>The best F1 over all thresholds, and where it is: optimistic when the threshold was chosen on the same data.</summary>
public readonly record struct F1Optimum(MetricValue F1, double Threshold, double Precision, double Recall);
