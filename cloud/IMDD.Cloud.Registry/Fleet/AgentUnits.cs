using System.Text;
using IMDD.Contracts;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Relational;

namespace IMDD.Cloud.Registry.Fleet;

/// <summary>What an agent's state says of each group of its cameras.</summary>
internal static class AgentUnits
{
    /// <summary>One for each named group, and one for the cameras that are in none, if there are any.</summary>
    /// <param name="agent">Who says it.</param>
    /// <param name="state">What.</param>
    /// <param name="said">Its event.</param>
    /// <exception cref="FormatException">There are too many groups, a name is none or there twice, a group has no cameras, or two have one.</exception>
    public static IReadOnlyList<AgentUnit> Of(AgentAddress agent, AgentState state, CloudEvent said)
    {
        var groups = state.Groups ?? [];
        if (groups.Count >= AgentRows.MostOfAnAgent)
        {
            throw new FormatException($"{agent} has {groups.Count} groups of cameras: expected at most {AgentRows.MostOfAnAgent - 1}.");
        }

        if (groups.GroupBy(group => NamePart.Checked(group.Name), StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new FormatException($"{agent} has two groups '{Excerpt.Of(twice.Key)}': expected each name once.");
        }

        var cameras = groups.SelectMany(group => group.Cameras).Select(NamePart.Checked).ToList();
        if (groups.Any(group => group.Cameras.Count == 0) || cameras.Distinct(StringComparer.Ordinal).Count() != cameras.Count)
        {
            throw new FormatException($"{agent} has a group without cameras, or a camera in two: expected each camera once.");
        }

        return
        [
            .. groups.Count == 0 || HasRest(state) ? [new AgentUnit(agent, state, Encoding.UTF8.GetString(said.Data.Span))] : (AgentUnit[])[],
            .. groups.Select(group => Of(agent, state, group)),
        ];
    }

    private static AgentUnit Of(AgentAddress agent, AgentState state, AgentGroupState group)
    {
        var own = state with
        {
            Model = group.Model,
            ModelFault = group.ModelFault,
            RecipeId = group.RecipeId,
            RecipeCounter = group.RecipeCounter,
            RecipeDigest = group.RecipeDigest,
            Slots = group.Slots,
            ExecutionProvider = group.ExecutionProvider,
            Groups = null,
        };

        // What is kept names the group's cameras, which each wish for it has to name.
        return new AgentUnit(agent with { Group = group.Name }, own, ImddJsonText.Write(own with { Groups = [group] }));
    }

    private static bool HasRest(AgentState state) => state.Model is not null || state.ModelFault is not null || state.RecipeId is not null || state.Slots is not null || state.ExecutionProvider is not null;
}
