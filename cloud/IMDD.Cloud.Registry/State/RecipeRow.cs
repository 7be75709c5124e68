namespace IMDD.Cloud.Registry.State;

/// <summary>A signed recipe. The same recipe registered again, to go back to it, is another row with the same digest.</summary>
public sealed class RecipeRow
{
    /// <summary>What all revisions share.</summary>
    public required string Name { get; init; }

    /// <summary>Only rises for a name.</summary>
    public required long Counter { get; init; }

    /// <summary>Name and revision.</summary>
    public required string Id { get; init; }

    /// <summary>Digest of the recipe.</summary>
    public required string Digest { get; init; }

    /// <summary>The envelope's JSON.</summary>
    public required string Envelope { get; init; }

    public required string KeyId { get; init; }
    public required DateTimeOffset RegisteredAt { get; init; }
    public string? RegisteredBy { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
}
