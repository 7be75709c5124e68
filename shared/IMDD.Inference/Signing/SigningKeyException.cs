namespace IMDD.Inference.Signing;

/// <summary>A key file cannot be used; the message names the file and what was expected.</summary>
public sealed class SigningKeyException(string message, Exception? inner = null) : Exception(message, inner);
