namespace IMDD.Contracts.Registry;

/// <summary>States of an agent within a rollout, as strings on the wire; the list is open.</summary>
public static class RolloutAgentStateWord
{
    /// <summary>Not told yet.</summary>
    public const string Pending = "pending";

    /// <summary>Told, or about to be; how far it is, its step says.</summary>
    public const string Told = "told";

    /// <summary>It has kept the release.</summary>
    public const string InSync = "in-sync";

    /// <summary>It has refused the release, or gone back.</summary>
    public const string Failed = "failed";

    /// <summary>It was never told, or the wish was taken back before the release decided.</summary>
    public const string Cancelled = "cancelled";
}
