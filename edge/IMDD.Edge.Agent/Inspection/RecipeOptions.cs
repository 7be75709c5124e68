using IMDD.Contracts.Models;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>Where the station's recipe comes from: a file, or the configuration itself. Neither: the bundle's own thresholds.</summary>
public sealed class RecipeOptions
{
    public const string Section = "Edge";

    /// <summary>A JSON file with a recipe.</summary>
    public string? RecipeFile { get; set; }

    /// <summary>The recipe itself.</summary>
    public Recipe? Recipe { get; set; }
}
