using IMDD.Contracts.Review;

namespace IMDD.Cloud.Curator.Labels;

/// <summary>How a request about a frame ended.</summary>
internal abstract record LabelOutcome
{
    public sealed record Taken(LabelReceipt Receipt) : LabelOutcome;

    public sealed record Invalid(IDictionary<string, string[]> Errors) : LabelOutcome;

    public sealed record Unknown : LabelOutcome;

    /// <summary>Somebody else has it before them.</summary>
    public sealed record Held(DateTimeOffset Until) : LabelOutcome;
}
