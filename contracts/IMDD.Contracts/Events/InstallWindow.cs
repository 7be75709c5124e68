namespace IMDD.Contracts.Events;

/// <summary>A maintenance window: what was fetched begins to be installed within it, or not at all.</summary>
public sealed record InstallWindow
{
    /// <summary>Not before this; null: at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Not from this on; null: however late.</summary>
    public DateTimeOffset? NotAfter { get; init; }
}
