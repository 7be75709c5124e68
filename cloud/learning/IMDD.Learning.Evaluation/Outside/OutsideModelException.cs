namespace IMDD.Learning.Evaluation.Outside;

/// <summary>The file is not an export that can be measured; the message says what was found and what was expected.</summary>
public sealed class OutsideModelException(string message, Exception? inner = null) : Exception(message, inner);
