namespace IMDD.Learning.Evaluation.Ranking;

/// <summary>One distinct threshold: everything with a score of at least <paramref name="Threshold"/> is called positive.</summary>
public readonly record struct CurvePoint(float Threshold, long TruePositives, long FalsePositives);
