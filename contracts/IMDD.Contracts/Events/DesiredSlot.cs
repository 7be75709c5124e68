namespace IMDD.Contracts.Events;

/// <summary>What one group of cameras is to be inspected by.</summary>
public sealed record DesiredSlot
{
    /// <summary>The cameras; empty: every camera of the agent.</summary>
    public IReadOnlyList<string> Cameras { get; init; } = [];

    public required ModelRelease Model { get; init; }

    /// <summary>Digest of the station's recipe, fetched by it from the registry; null: the one it has.</summary>
    public string? RecipeDigest { get; init; }
}
