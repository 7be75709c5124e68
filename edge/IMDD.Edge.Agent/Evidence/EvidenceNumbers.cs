namespace IMDD.Edge.Agent.Evidence;

/// <summary>Names under which the store remembers the day's budget.</summary>
internal static class EvidenceNumbers
{
    public const string Day = "evidence-day";
    public const string Bytes = "evidence-bytes";
}
