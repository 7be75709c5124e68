namespace IMDD.Contracts.Registry;

/// <summary>States of an agent within a rollout, as strings on the wire; the list is open.</summary>
public static class RolloutAgentStateWord
{
    /// <summary>Not told yet.</summary>
    public const string Pending = "pending";

    /// <summary>Told, or about to be; how far it is, its step says.</summary>
    public const string Told = "told";

    /// <summary>It has kept the release or the recipe.</summary>
    public const string InSync = "in-sync";

    /// <summary>It has refused it, or gone back.</summary>
    public const string Failed = "failed";

    /// <summary>It was never told, or the wish was taken back before it decided.</summary>
    public const string Cancelled = "cancelled";
}
