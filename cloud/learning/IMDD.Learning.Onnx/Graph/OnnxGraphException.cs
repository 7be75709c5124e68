namespace IMDD.Learning.Onnx.Graph;

/// <summary>A graph that would not load; the message names the node, what it got and what it takes.</summary>
public sealed class OnnxGraphException(string message, Exception? inner = null) : Exception(message, inner);
