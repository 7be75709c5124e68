namespace IMDD.Contracts.Registry;

/// <summary>Asks that a release be run nowhere from now on.</summary>
public sealed record BlockModel
{
    public required string Digest { get; init; }
    public string? By { get; init; }
    public string? Reason { get; init; }
}
