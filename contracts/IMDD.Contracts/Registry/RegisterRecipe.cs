using System.Text.Json;
using IMDD.Contracts.Audit;

namespace IMDD.Contracts.Registry;

/// <summary>Asks that a recipe be numbered, signed and kept. What is registered already is answered with what there is.</summary>
public sealed record RegisterRecipe : IAttributed
{
    /// <summary>A <see cref="Contracts.Models.Recipe"/>; as JSON, so that a field that is none is refused rather than passed over.</summary>
    public required JsonElement Recipe { get; init; }

    /// <summary>After this no station puts it in force; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Who asks.</summary>
    public string? By { get; init; }

    public string? Reason { get; init; }
}
