namespace IMDD.Cloud.Registry.State;

/// <summary>A root document that agents are given.</summary>
public sealed class RootRow
{
    public required long Version { get; init; }

    /// <summary>Its envelope's JSON.</summary>
    public required string Envelope { get; init; }

    public required DateTimeOffset PublishedAt { get; init; }
    public string? PublishedBy { get; init; }
}
