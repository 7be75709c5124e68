using System.CommandLine;
using IMDD.Contracts.Registry;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd recipes rollout</c>: recipes given out wave by wave.</summary>
internal static class RecipesRolloutCommand
{
    public static Command Create()
    {
        Command command = new("rollout", "Gives recipes out wave by wave; the model of each agent stays.") { Start() };
        RolloutVerbs.AddTo(command);
        return command;
    }

    private static Command Start()
    {
        var digest = RecipesCommand.Digest();
        RolloutOptions options = new();
        return ModelsCommand.Verb("start", "Begins a rollout: the recipe is assigned to each agent with its wave.", [digest, .. options.All], async (parsed, client, cancellationToken) =>
        {
            StartRecipeRollout request = new()
            {
                Waves = options.Waves(parsed),
                Install = options.Install(parsed),
                AllowUnknown = options.AllowUnknown(parsed),
                By = options.By(parsed),
                Reason = options.Reason(parsed),
            };
            var recipe = await client.RecipeDigestAsync(parsed.GetRequiredValue(digest), cancellationToken);
            return RolloutVerbs.Shown(await client.StartRecipeRolloutAsync(recipe, request, cancellationToken));
        });
    }
}
