namespace IMDD.Contracts.CloudEvents;

/// <summary>A message that is not a well-formed CloudEvent; the message says which attribute and what was expected.</summary>
public sealed class CloudEventFormatException(string message, Exception? inner = null) : FormatException(message, inner);
