namespace IMDD.Contracts.Events;

/// <summary>Data above <see cref="ImddJson.MaxEventBytes"/>, too many regions or too large a mask in line: no event is made of it.</summary>
public sealed class EventTooLargeException(string message) : Exception(message);
