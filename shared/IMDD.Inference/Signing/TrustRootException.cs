namespace IMDD.Inference.Signing;

/// <summary>A root document is not taken; the message goes on from the document's name and says what was expected.</summary>
public sealed class TrustRootException(string message, Exception? inner = null) : Exception(message, inner);
