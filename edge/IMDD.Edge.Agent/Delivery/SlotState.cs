using IMDD.Contracts.Events;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>The pointer file: which of the two slots decides, by which recipe, and what became of the last wish. It is replaced as a whole or not at all.</summary>
internal sealed record SlotState
{
    /// <summary>Names of the slots.</summary>
    public static IReadOnlyList<string> Names { get; } = ["A", "B"];

    /// <summary>The slot that decides.</summary>
    public required string Active { get; init; }

    /// <summary>What lies in each; a slot that is empty is missing.</summary>
    public required IReadOnlyDictionary<string, SlotContent> Slots { get; init; }

    /// <summary>Digest of the delivered recipe in force; null: the configuration's is.</summary>
    public string? Recipe { get; init; }

    /// <summary>Set while the active slot's release, or the recipe, may still be taken out again.</summary>
    public SlotTrial? Trial { get; init; }

    /// <summary>What is to decide next, where the agent has several groups of cameras; null: nothing.</summary>
    public SlotCandidate? Candidate { get; init; }

    /// <summary>The last report of the last wish that is over: it is not followed again, only answered again.</summary>
    public RolloutStep? Closed { get; init; }

    /// <summary>The slot that does not decide.</summary>
    public string Other() => Active == Names[0] ? Names[1] : Names[0];

    /// <summary>What decides.</summary>
    public SlotContent Deciding() => Slots[Active];

    /// <summary>The same with the recipe from before the trial, where one has come.</summary>
    public SlotState WithRecipeBack() => Trial?.Replaced is { } replaced ? this with { Recipe = replaced.Digest } : this;

    /// <summary>The same with another content of a slot; null: empty.</summary>
    public SlotState With(string slot, SlotContent? content)
    {
        Dictionary<string, SlotContent> slots = new(Slots, StringComparer.Ordinal);
        if (content is null)
        {
            slots.Remove(slot);
        }
        else
        {
            slots[slot] = content;
        }

        return this with { Slots = slots };
    }
}
