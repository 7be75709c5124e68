namespace IMDD.Inference.Bundles;

/// <summary>Not a readable safetensors file; the message says what was expected.</summary>
public sealed class SafetensorsException(string message, Exception? inner = null) : Exception(message, inner);
