namespace IMDD.Contracts.Events;

/// <summary>Names that point to a release of a model, as strings on the wire; the list is open.</summary>
public static class ModelAlias
{
    /// <summary>The release that the fleet runs.</summary>
    public const string Champion = "champion";

    /// <summary>The release that some agents try.</summary>
    public const string Challenger = "challenger";

    /// <summary>The champion before the present one: where a rollback goes.</summary>
    public const string Previous = "previous";

    /// <summary>A release that no agent is told to run any more; many may be.</summary>
    public const string Blocked = "blocked";
}
