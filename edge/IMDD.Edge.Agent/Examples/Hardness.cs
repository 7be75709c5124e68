namespace IMDD.Edge.Agent.Examples;

/// <summary>How hard a frame was, each 0 to 1.</summary>
/// <param name="Uncertainty">See <see cref="HardnessRule"/>.</param>
/// <param name="UnknownDefect">Score of the surest region that no known name fits; null: there is none.</param>
internal sealed record Hardness(double Uncertainty, double? UnknownDefect)
{
    /// <summary>Share of the pictures that the bundle was measured on that is less novel; null where the bundle carries no statistics.</summary>
    public double? Novelty { get; init; }

    /// <summary>What the model makes of the picture, as it came; null where the event could not carry it.</summary>
    public float[]? Embedding { get; init; }
}
