using IMDD.Contracts.Audit;

namespace IMDD.Contracts.Registry;

/// <summary>Asks that a release be run nowhere from now on.</summary>
public sealed record BlockModel : IAttributed
{
    public required string Digest { get; init; }
    public string? By { get; init; }
    public string? Reason { get; init; }
}
