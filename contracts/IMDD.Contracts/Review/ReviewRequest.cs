namespace IMDD.Contracts.Review;

/// <summary>Who asks.</summary>
public record ReviewRequest
{
    /// <summary>The person: 1 to 31 characters of a-z, 0-9 and '-'.</summary>
    public required string RaterId { get; init; }

    /// <summary>Their browser tab: what holds a lease, so that a person with two tabs does not get one frame twice. 1 to 64 of a-z, A-Z, 0-9, '-'.</summary>
    public required string Holder { get; init; }
}
