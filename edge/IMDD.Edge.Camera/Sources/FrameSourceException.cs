namespace IMDD.Edge.Camera.Sources;

/// <summary>A source cannot give pictures; the message names the file and what was expected.</summary>
internal sealed class FrameSourceException(string message, Exception? inner = null) : Exception(message, inner);
