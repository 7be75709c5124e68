namespace IMDD.Edge.Agent.Examples;

/// <summary>An example that was offered.</summary>
internal sealed record SeenLook(Thumbprint Look, string Names, DateTimeOffset At);
