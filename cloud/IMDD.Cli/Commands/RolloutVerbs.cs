using System.CommandLine;
using System.Globalization;
using IMDD.Contracts.Registry;

namespace IMDD.Cli.Commands;

/// <summary>What can be asked of a rollout, whatever it gives out.</summary>
internal static class RolloutVerbs
{
    /// <summary>Adds all but its start.</summary>
    public static void AddTo(Command command)
    {
        command.Add(List("list"));
        command.Add(Show());
        command.Add(Decide("approve", "Lets the next wave begin, where it waits for a person.", RegistryRoutes.ApproveRollout));
        command.Add(Decide("pause", "Lets no further wave begin.", RegistryRoutes.PauseRollout));
        command.Add(Decide("resume", "Lets a paused rollout go on.", RegistryRoutes.ResumeRollout));
        command.Add(Decide("cancel", "Takes a rollout back as far as no agent decides by it yet.", RegistryRoutes.CancelRollout));
    }

    /// <summary>All rollouts.</summary>
    public static Command List(string name) => ModelsCommand.Verb(name, "Lists rollouts of models and recipes, the newest first.", [], async (_, client, cancellationToken) =>
    {
        var rollouts = await client.RolloutsAsync(cancellationToken);
        return (new { Rollouts = rollouts }, rollouts.Select(Line));
    });

    private static Command Show()
    {
        var id = Id();
        return ModelsCommand.Verb("show", "Shows a rollout, its waves and agents.", [id], async (parsed, client, cancellationToken)
            => Shown(await client.RolloutAsync(parsed.GetRequiredValue(id), cancellationToken)));
    }

    private static Command Decide(string verb, string description, string route)
    {
        var id = Id();
        Option<string?> by = new("--by") { Description = "Who does it." };
        Option<string?> reason = new("--reason") { Description = "Why." };
        return ModelsCommand.Verb(verb, description, [id, by, reason], async (parsed, client, cancellationToken) =>
        {
            RolloutDecision decision = new() { By = parsed.GetValue(by), Reason = parsed.GetValue(reason) };
            return Shown(await client.DecideAsync(RegistryRoutes.For(route, parsed.GetRequiredValue(id)), decision, cancellationToken));
        });
    }

    /// <summary>A rollout with its agents.</summary>
    public static (object Result, IEnumerable<string> Lines) Shown(RolloutProgressView rollout) =>
    (
        rollout,
        [
            Line(rollout),
            .. rollout.Waves.SelectMany((wave, index) => wave.Agents.Select(agent => string.Create(
                CultureInfo.InvariantCulture, $"  wave {index + 1}  {agent.Agent}  {agent.State}  {agent.Step} {agent.ReasonCode} {agent.Detail}").TrimEnd())),
        ]
    );

    private static string Line(RolloutProgressView rollout) => string.Create(
        CultureInfo.InvariantCulture,
        $"{rollout.RolloutId}  {Content(rollout)}  {rollout.State}, wave {rollout.WavesBegun} of {rollout.Waves.Count}  {rollout.Cause}").TrimEnd();

    private static string Content(RolloutProgressView rollout) => rollout switch
    {
        { Model: { } model } => $"{model.Name} {model.Version} {ModelsCommand.Short(model.Digest)}",
        { Recipe: { } recipe } => $"recipe {recipe.Id} {ModelsCommand.Short(recipe.Digest)}",
        _ => "",
    };

    private static Argument<string> Id() => new("id") { Description = "The rollout's id." };
}
