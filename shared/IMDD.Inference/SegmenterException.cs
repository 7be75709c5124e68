namespace IMDD.Inference;

/// <summary>The runtime failed on a batch, or on the model itself.</summary>
public sealed class SegmenterException(string message, Exception? inner = null, SegmenterFault fault = SegmenterFault.Failed) : Exception(message, inner)
{
    /// <summary>Which kind of thing is wrong.</summary>
    public SegmenterFault Fault { get; } = fault;
}
