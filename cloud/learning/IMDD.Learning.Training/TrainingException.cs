namespace IMDD.Learning.Training;

/// <summary>Training cannot start or go on; the message says what was expected.</summary>
public sealed class TrainingException(string message, Exception? inner = null) : Exception(message, inner);
