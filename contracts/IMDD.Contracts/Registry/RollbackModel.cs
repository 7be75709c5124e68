using IMDD.Contracts.Audit;

namespace IMDD.Contracts.Registry;

/// <summary>Asks that the champion before the present one be run again: under a new release counter, since agents take no older release.</summary>
public sealed record RollbackModel : IAttributed
{
    public string? By { get; init; }
    public string? Reason { get; init; }
}
