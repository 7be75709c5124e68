using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Registry;
using IMDD.Inference.Recipes;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd recipes</c>: what stations decide by, from the command line.</summary>
internal static class RecipesCommand
{
    private static readonly JsonSerializerOptions Indented = new(ImddJson.Options) { WriteIndented = true };

    public static Command Create() => new("recipes", "Recipes of stations: thresholds, ignore areas, window, deadline. Signed by the registry and given to agents.")
    {
        ModelsCommand.Registry(),
        List(),
        Show(),
        Register(),
        Assign(),
        Withdraw(),
        RecipesRolloutCommand.Create(),
    };

    private static Command List() => ModelsCommand.Verb("list", "Lists recipes and whom they are assigned to.", [], async (parsed, client, cancellationToken) =>
    {
        var recipes = await client.RecipesAsync(cancellationToken);
        return (new { Recipes = recipes }, recipes.Select(Line));
    });

    private static Command Show()
    {
        Argument<string> digest = Digest();
        return ModelsCommand.Verb("show", "Shows what a recipe says and whom it is assigned to.", [digest], async (parsed, client, cancellationToken) =>
        {
            var recipe = await client.RecipeAsync(await client.RecipeDigestAsync(parsed.GetRequiredValue(digest), cancellationToken), cancellationToken);
            return (recipe, [Line(recipe), .. recipe.Agents.Select(agent => $"  {agent}"), JsonSerializer.Serialize(recipe.Recipe, Indented)]);
        });
    }

    private static Command Register()
    {
        Argument<FileInfo> file = new("file") { Description = "A JSON file with the recipe." };
        Option<DateTimeOffset?> expires = new("--expires") { Description = "After this no station puts it in force; none: never." };
        Option<string?> by = new("--by") { Description = "Who asks for it." };
        Option<string?> reason = new("--reason") { Description = "Why." };
        return ModelsCommand.Verb("register", "Has the registry number and sign a recipe.", [file, expires, by, reason], async (parsed, client, cancellationToken) =>
        {
            RegisterRecipe request = new()
            {
                Recipe = await ReadAsync(parsed.GetRequiredValue(file), cancellationToken),
                ExpiresAt = parsed.GetValue(expires),
                By = parsed.GetValue(by),
                Reason = parsed.GetValue(reason),
            };
            var recipe = await client.RegisterRecipeAsync(request, cancellationToken);
            return (recipe, [string.Create(CultureInfo.InvariantCulture, $"{recipe.Id} is counter {recipe.Counter} of {recipe.Name}, {recipe.Digest}")]);
        });
    }

    private static Command Assign()
    {
        Argument<string> digest = Digest();
        Option<string[]> agents = new("--agents")
        {
            Description = $"Agents that are to go by it, {AgentAddress.Expected}; several. None: all that the registry knows of.",
            AllowMultipleArgumentsPerToken = true,
        };
        var unknown = ModelsCommand.New();
        Option<string?> by = new("--by") { Description = "Who does it." };
        Option<string?> reason = new("--reason") { Description = "Why." };
        return ModelsCommand.Verb("assign", "Has agents decide by a recipe; the model of each stays.", [digest, agents, unknown, by, reason], async (parsed, client, cancellationToken) =>
        {
            AssignRecipe request = new()
            {
                Agents = parsed.GetValue(agents) ?? [],
                AllowUnknown = parsed.GetValue(unknown),
                By = parsed.GetValue(by),
                Reason = parsed.GetValue(reason),
            };
            var assigned = await client.AssignRecipeAsync(await client.RecipeDigestAsync(parsed.GetRequiredValue(digest), cancellationToken), request, cancellationToken);
            var told = $"{assigned.Id} {assigned.Digest}: {assigned.Agents.Count} agents are told under {assigned.RolloutId}";
            return (assigned, [told, .. assigned.Waiting.Select(agent => $"{agent} is told once its model is known")]);
        });
    }

    private static Command Withdraw()
    {
        Argument<string> digest = Digest();
        Option<string[]> agents = new("--agents")
        {
            Description = $"Agents that are to go by it no more, {AgentAddress.Expected}; several. None: all that it is assigned to.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<bool> previous = new("--previous") { Description = "Each goes by the recipe that was assigned to it before; without it, by its own configuration's." };
        Option<string?> by = new("--by") { Description = "Who does it." };
        Option<string?> reason = new("--reason") { Description = "Why." };
        return ModelsCommand.Verb("withdraw", "Takes a recipe back from agents; the model of each stays.", [digest, agents, previous, by, reason], async (parsed, client, cancellationToken) =>
        {
            WithdrawRecipe request = new()
            {
                Agents = parsed.GetValue(agents) ?? [],
                ToPrevious = parsed.GetValue(previous),
                By = parsed.GetValue(by),
                Reason = parsed.GetValue(reason),
            };
            var withdrawn = await client.WithdrawRecipeAsync(await client.RecipeDigestAsync(parsed.GetRequiredValue(digest), cancellationToken), request, cancellationToken);
            var told = $"{withdrawn.Id} {withdrawn.Digest} is withdrawn: {withdrawn.Agents.Count} agents are told under {withdrawn.RolloutId}";
            return (withdrawn, [told, .. withdrawn.Waiting.Select(agent => $"{agent} is told once its model is known")]);
        });
    }

    private static async Task<JsonElement> ReadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        try
        {
            if (file.Length > SignedRecipe.MaxDocumentBytes)
            {
                throw new CommandFailedException($"{file} has {file.Length} bytes: expected at most {SignedRecipe.MaxDocumentBytes}.");
            }

            return JsonSerializer.Deserialize<JsonElement>(await File.ReadAllBytesAsync(file.FullName, cancellationToken), ImddJson.Options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CommandFailedException($"{file} cannot be read as a recipe: {e.Message}", inner: e);
        }
    }

    private static string Line(RecipeView recipe) => string.Create(
        CultureInfo.InvariantCulture,
        $"{recipe.Id,-24}  {recipe.Counter,4}  {recipe.Digest}  {recipe.RegisteredAt:yyyy-MM-dd HH:mm}  {recipe.Agents.Count} agents{(recipe.ExpiresAt is { } end ? $"  until {end:yyyy-MM-dd HH:mm}" : "")}");

    /// <summary>The recipe that is meant.</summary>
    internal static Argument<string> Digest() => new("digest") { Description = "The recipe's digest, its first letters, or its id, such as door-red@4." };
}
