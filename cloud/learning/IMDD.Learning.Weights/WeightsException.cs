namespace IMDD.Learning.Weights;

/// <summary>Weights or a configuration that cannot be used; the message names the file and every tensor or field, and says what was expected.</summary>
public sealed class WeightsException(string message, Exception? inner = null) : Exception(message, inner);
