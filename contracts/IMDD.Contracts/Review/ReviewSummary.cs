namespace IMDD.Contracts.Review;

/// <summary>Where the queue stands.</summary>
public sealed record ReviewSummary
{
    /// <summary>Frames that wait for a word, those before a person included.</summary>
    public required long Waiting { get; init; }

    /// <summary>Of them, those that wait for nothing but a blind second look.</summary>
    public long WaitingBlind { get; init; }

    /// <summary>Frames that are not asked about: one that looks the same is or was.</summary>
    public long Merged { get; init; }

    /// <summary>Frames before a person now.</summary>
    public required long Leased { get; init; }

    /// <summary>Pictures by <see cref="Events.ConsensusState"/>, those that anyone has judged.</summary>
    public required IReadOnlyDictionary<string, long> ByState { get; init; }

    /// <summary>Standing labels by rater.</summary>
    public required IReadOnlyDictionary<string, long> ByRater { get; init; }

    /// <summary>One of <c>one</c>, <c>two</c>, <c>panel</c>.</summary>
    public required string Policy { get; init; }
}
