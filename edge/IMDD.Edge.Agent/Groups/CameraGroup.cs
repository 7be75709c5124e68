using IMDD.Edge.Agent.Delivery;
using IMDD.Edge.Agent.Inspection;

namespace IMDD.Edge.Agent.Groups;

/// <summary>
/// Cameras that are inspected by one model and one recipe, and what the agent keeps of these: what decides, what lies on disk, what watches. Intake,
/// decoding, the outbox and the thread that runs the models are shared by all groups.
/// </summary>
internal sealed class CameraGroup : IDisposable
{
    /// <summary>Name of the group; null: the rest, the cameras that are in no named group.</summary>
    public required string? Name { get; init; }

    /// <summary>Its cameras; empty for the rest of an agent that takes every camera of its cell.</summary>
    public required IReadOnlyList<string> Cameras { get; init; }

    /// <summary>True where it has all cameras of the agent.</summary>
    public required bool IsWholeAgent { get; init; }

    /// <summary>What it starts with, until something is delivered.</summary>
    public required ConfiguredBundle Bundle { get; init; }

    /// <summary>The model that decides.</summary>
    public ModelSlot Slot { get; } = new();

    /// <summary>The recipe that it decides by.</summary>
    public required RecipeInForce Recipes { get; init; }

    /// <summary>The two places on disk.</summary>
    public required SlotStore Slots { get; init; }

    /// <summary>Delivered recipes on disk.</summary>
    public required RecipeStore RecipeFiles { get; init; }

    /// <summary>A release that is to decide next sees frames of the group here.</summary>
    public required CandidateShadow Shadow { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Slot.Dispose();
}
