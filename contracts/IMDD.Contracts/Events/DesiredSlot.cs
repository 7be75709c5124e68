using System.Text.Json.Serialization;

namespace IMDD.Contracts.Events;

/// <summary>
/// What one group of cameras is to be inspected by. A group of the agent's configuration is named by <see cref="Group"/> and <see cref="Cameras"/>, or by
/// <see cref="Cameras"/> alone; with neither it is the rest: the agent's cameras that are in no group, which are all of them where it has none.
/// </summary>
public sealed record DesiredSlot
{
    /// <summary>Name of the group within the agent; null: found by <see cref="Cameras"/>.</summary>
    public string? Group { get; init; }

    /// <summary>Exactly the cameras of the group. Empty for the rest alone: an agent that knows no groups refuses a slot with cameras, and takes one without for all of its own.</summary>
    public IReadOnlyList<string> Cameras { get; init; } = [];

    /// <summary>Names the wish for this group; null: as the message says.</summary>
    public string? RolloutId { get; init; }

    public required ModelRelease Model { get; init; }

    /// <summary>Digest of the station's recipe, fetched by it from the registry; null: the one it has.</summary>
    public string? RecipeDigest { get; init; }

    /// <summary>True: the station goes back to the recipe of its own configuration; then <see cref="RecipeDigest"/> is null. An agent of before 1.3 keeps the one it has.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ConfiguredRecipe { get; init; }

    /// <summary>
    /// True: <see cref="RecipeDigest"/> was assigned before, and takes the place of one that was withdrawn or refused: it is not taken out again because of the
    /// frames that it leaves undecided. An agent of before 1.3 does not know of this.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool RecipeRestored { get; init; }

    /// <summary>When it may be installed for this group; null: as the message says.</summary>
    public InstallWindow? Install { get; init; }
}
