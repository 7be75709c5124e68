namespace IMDD.Contracts.Audit;

/// <summary>Who did what. Until services know their callers, the actor is whoever the caller says.</summary>
public sealed record AuditEntry
{
    /// <summary>From 1, without a gap.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>As the caller said; empty where nobody was named.</summary>
    public required string Actor { get; init; }

    /// <summary>An <see cref="AuditAction"/>.</summary>
    public required string Action { get; init; }

    /// <summary>What it was done to: a model and its digest, a rollout, a picture.</summary>
    public required string Object { get; init; }

    /// <summary>An <see cref="AuditOutcome"/>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The reason that was given, or that it was refused for.</summary>
    public string? Detail { get; init; }

    /// <summary><see cref="AuditChain.HashOf"/> this entry and the hash of the one before.</summary>
    public required string Hash { get; init; }
}
