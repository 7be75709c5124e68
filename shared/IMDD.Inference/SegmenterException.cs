namespace IMDD.Inference;

/// <summary>The runtime failed on a batch.</summary>
public sealed class SegmenterException(string message, Exception? inner = null) : Exception(message, inner);
