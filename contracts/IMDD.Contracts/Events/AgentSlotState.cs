namespace IMDD.Contracts.Events;

/// <summary>States of a slot, as strings on the wire; the list is open.</summary>
public static class AgentSlotState
{
    /// <summary>It decides.</summary>
    public const string Active = "active";

    /// <summary>It decides, and may still be taken out again.</summary>
    public const string Trial = "trial";

    /// <summary>It decided before, and is kept.</summary>
    public const string Previous = "previous";

    /// <summary>Whole and trusted; it has not decided yet.</summary>
    public const string Staged = "staged";
}
