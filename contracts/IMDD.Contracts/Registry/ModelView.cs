namespace IMDD.Contracts.Registry;

/// <summary>A model and its releases, the newest first.</summary>
public sealed record ModelView
{
    public required string Name { get; init; }

    /// <summary>Digest by alias.</summary>
    public required IReadOnlyDictionary<string, string> Aliases { get; init; }

    public required IReadOnlyList<ModelVersionView> Versions { get; init; }
}
