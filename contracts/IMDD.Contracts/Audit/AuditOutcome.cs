namespace IMDD.Contracts.Audit;

/// <summary>What became of an action.</summary>
public static class AuditOutcome
{
    public const string Done = "done";

    /// <summary>A rule forbade it, or it named what there is not.</summary>
    public const string Refused = "refused";
}
