namespace IMDD.Contracts.Models;

/// <summary>
/// A recipe as it is given out: signed by a release key as a <see cref="DsseEnvelope"/> of type <see cref="DsseEnvelope.RecipePayloadType"/>. What
/// outcomes name is <see cref="RecipeDigest"/> of the recipe, whatever counter it was given out under.
/// </summary>
public sealed record RecipeDocument
{
    public const int CurrentSchemaVersion = 1;

    public required int SchemaVersion { get; init; }

    public required Recipe Recipe { get; init; }

    /// <summary>1 or more; only ever rises for the recipes of one name, <see cref="RecipeId.NameOf"/>. A station takes none lower than it has accepted.</summary>
    public required long Counter { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>After this it is not put in force; one that is goes on. Null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
