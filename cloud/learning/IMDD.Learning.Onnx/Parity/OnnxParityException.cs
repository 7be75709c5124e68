namespace IMDD.Learning.Onnx.Parity;

/// <summary>An exported model is not what it was exported from.</summary>
public sealed class OnnxParityException(string message) : Exception(message);
