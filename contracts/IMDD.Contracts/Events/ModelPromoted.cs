namespace IMDD.Contracts.Events;

/// <summary>Data of <c>io.imdd.model.promoted.v1</c>: an alias of a model's name points to another release, or a release is blocked.</summary>
public sealed record ModelPromoted
{
    public required ModelRelease Model { get; init; }

    /// <summary>One of <see cref="ModelAlias"/>.</summary>
    public required string Alias { get; init; }

    /// <summary>Digest that the alias pointed to before; null: none.</summary>
    public string? PreviousDigest { get; init; }

    /// <summary>Who did it.</summary>
    public string? By { get; init; }

    /// <summary>Why, in words.</summary>
    public string? Reason { get; init; }

    /// <summary>Digests by alias of this name, as they stand now.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
