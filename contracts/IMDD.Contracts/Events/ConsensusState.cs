namespace IMDD.Contracts.Events;

/// <summary>States of a consensus, as strings on the wire; the list is open.</summary>
public static class ConsensusState
{
    /// <summary>As many agree as the policy asks for.</summary>
    public const string Agreed = "agreed";

    /// <summary>More words are needed.</summary>
    public const string Open = "open";

    /// <summary>They contradict each other.</summary>
    public const string Disputed = "disputed";

    /// <summary>Nobody has said anything any more: training forgets it.</summary>
    public const string Withdrawn = "withdrawn";
}
