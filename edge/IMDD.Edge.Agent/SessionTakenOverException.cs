namespace IMDD.Edge.Agent;

/// <summary>Another client uses this agent's client id; to go on would mean to fight for ever.</summary>
internal sealed class SessionTakenOverException(string clientId)
    : Exception($"Another client with id '{clientId}' has taken this agent's session over: is a second agent running under the same Edge:Agent:Name?");
