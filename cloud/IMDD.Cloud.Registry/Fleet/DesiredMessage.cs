using IMDD.Cloud.Registry.Models;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Events;
using IMDD.Relational;

namespace IMDD.Cloud.Registry.Fleet;

/// <summary>The one message that says what is desired of an agent and of each group of its cameras.</summary>
internal static class DesiredMessage
{
    /// <summary>
    /// Puts it together. An agent that is told something for its cameras without groups alone gets the message that it would get if there were no
    /// groups; else each slot names its own wish, so that what is the same as before is left alone.
    /// </summary>
    /// <param name="wishes">Rows of one agent with what each is to run; at least one.</param>
    public static DesiredModels Of(IReadOnlyList<(AgentRow Row, ModelRelease Model)> wishes)
    {
        var agent = AgentRows.AddressOf(wishes[0].Row).Agent;
        if (wishes is [var (only, onlyModel)] && only.Agent == agent)
        {
            return new DesiredModels { Agent = agent, RolloutId = only.RolloutId!, Slots = [Slot(only, onlyModel)], Install = Install(only) };
        }

        return new DesiredModels
        {
            Agent = agent,
            RolloutId = wishes.OrderBy(wish => wish.Row.DesiredAt).ThenBy(wish => wish.Row.Agent, StringComparer.Ordinal).Last().Row.RolloutId!,
            Slots =
            [
                .. wishes.OrderBy(wish => wish.Row.Agent, StringComparer.Ordinal).Select(wish => Slot(wish.Row, wish.Model) with
                {
                    Group = AgentRows.AddressOf(wish.Row).Group,
                    Cameras = CamerasOf(wish.Row),
                    RolloutId = wish.Row.RolloutId,
                    Install = Install(wish.Row),
                }),
            ],
        };
    }

    private static DesiredSlot Slot(AgentRow row, ModelRelease model)
    {
        var recipe = AssignedRecipe.DigestOf(row);
        return new() { Model = model, RecipeDigest = recipe, ConfiguredRecipe = AssignedRecipe.IsConfigured(row), RecipeRestored = recipe is not null && row.IsRecipeRestored };
    }

    /// <summary>The cameras of a row's group, as its agent has said them: an agent that knows no groups must not take its slot for all of its own.</summary>
    private static IReadOnlyList<string> CamerasOf(AgentRow row)
        => AgentRows.AddressOf(row).Group is null ? []
            : row.State is { } state && ImddJsonText.Read<AgentState>(state).Groups is [var group] ? group.Cameras
            : throw new InvalidOperationException($"{row.Asset}/{row.Agent} is wished something before its cameras are known.");

    private static InstallWindow? Install(AgentRow row) => Mapping.Install(row.InstallNotBefore, row.InstallNotAfter);
}
