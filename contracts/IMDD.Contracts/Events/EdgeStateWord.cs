namespace IMDD.Contracts.Events;

/// <summary>States of agents and cameras, as strings on the wire; the list is open.</summary>
public static class EdgeStateWord
{
    /// <summary>Connected; a camera: frames come.</summary>
    public const string Online = "online";

    /// <summary>An agent that is gone: its will, or its farewell.</summary>
    public const string Offline = "offline";

    /// <summary>A camera from which no frame has come for several of its periods.</summary>
    public const string Silent = "silent";

    /// <summary>A camera whose frames cannot be used.</summary>
    public const string Faulty = "faulty";
}
