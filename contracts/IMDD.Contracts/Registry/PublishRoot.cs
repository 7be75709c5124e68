using IMDD.Contracts.Audit;
using IMDD.Contracts.Models;

namespace IMDD.Contracts.Registry;

/// <summary>Asks that a root document be given to agents. It must follow the newest there is.</summary>
public sealed record PublishRoot : IAttributed
{
    public required DsseEnvelope Envelope { get; init; }

    /// <summary>Who asks for it.</summary>
    public string? By { get; init; }

    public string? Reason { get; init; }
}
