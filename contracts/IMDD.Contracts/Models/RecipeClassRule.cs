using IMDD.Contracts.Events;

namespace IMDD.Contracts.Models;

/// <summary>What a station says of one class.</summary>
public sealed record RecipeClassRule
{
    /// <summary>Least region score that counts, 0 to 1; null: the bundle's.</summary>
    public double? MinScore { get; init; }

    /// <summary>Least area that counts, square millimetres where the pixel size is known, else pixels.</summary>
    public double? MinArea { get; init; }

    /// <summary>Severity of this class here; null: the bundle's.</summary>
    public Severity? Severity { get; init; }

    /// <summary>True: reported, but does not fail the frame.</summary>
    public bool Tolerated { get; init; }
}
