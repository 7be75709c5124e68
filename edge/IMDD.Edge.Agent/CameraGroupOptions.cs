using System.ComponentModel.DataAnnotations;

namespace IMDD.Edge.Agent;

/// <summary>Some of the agent's cameras, which are inspected by a model and a recipe of their own.</summary>
public sealed class CameraGroupOptions
{
    /// <summary>The group's name within the agent; part of keys and folders.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>Its cameras, each one of <see cref="AgentOptions.Cameras"/> and in no other group.</summary>
    public IList<string> Cameras { get; } = [];

    /// <summary>Folder of the bundle that the group starts with; null: <c>Edge:Model:BundleDirectory</c>.</summary>
    public string? BundleDirectory { get; set; }

    /// <summary>A JSON file with the recipe that the group starts with; null: the agent's.</summary>
    public string? RecipeFile { get; set; }
}
