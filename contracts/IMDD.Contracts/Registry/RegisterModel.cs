using IMDD.Contracts.Audit;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;

namespace IMDD.Contracts.Registry;

/// <summary>Asks for a release. Its files have been stored before, by content.</summary>
public sealed record RegisterModel : IAttributed
{
    /// <summary>The bundle's manifest; the registry sets the release counter and signs.</summary>
    public required BundleManifest Manifest { get; init; }

    /// <summary>Conditions it had to meet; a release with one that it did not meet is kept, and never promoted.</summary>
    public IReadOnlyList<GateResult> Gates { get; init; } = [];

    /// <summary>Who asks: a trainer's run, or a person.</summary>
    public string? By { get; init; }

    /// <summary>
    /// Fencing token of the trainer's lease on this name: lower than one that was shown before is refused, since its holder has been paused past
    /// its lease. Null: no lease, such as by hand.
    /// </summary>
    public long? FencingToken { get; init; }
}
