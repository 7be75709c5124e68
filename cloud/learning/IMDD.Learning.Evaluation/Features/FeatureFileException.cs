namespace IMDD.Learning.Evaluation.Features;

/// <summary>A feature file, or the combination that was asked for, cannot be used; the message says what was expected.</summary>
public sealed class FeatureFileException(string message, Exception? inner = null) : Exception(message, inner);
