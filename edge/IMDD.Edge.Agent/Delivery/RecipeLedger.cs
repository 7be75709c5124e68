using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Hosting;
using IMDD.Inference.Recipes;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>
/// The newest signed recipe of each name that this station has accepted: an older one is refused, or whoever keeps one could put its thresholds
/// back, whichever group of cameras it is for. Written only after a recipe has passed every check.
/// </summary>
internal sealed class RecipeLedger(IOptions<StoreOptions> store)
{
    private const string Name = "recipe ledger";
    private const string LedgerFile = "recipes.json";

    private readonly Lock _lock = new();
    private readonly string _file = Path.Combine(Path.GetFullPath(store.Value.Directory), LedgerFile);

    /// <summary>True for the newest recipe of a name that was accepted here.</summary>
    /// <exception cref="StoreUnavailableException">The ledger is damaged, or cannot be read.</exception>
    public bool HasAccepted(SignedRecipe recipe) => Last(recipe) == Of(recipe);

    /// <exception cref="RecipeException">It is older than what was accepted here, another one of the same counter, or expired.</exception>
    /// <exception cref="StoreUnavailableException">The ledger is damaged, or cannot be read.</exception>
    public void Check(SignedRecipe recipe, DateTimeOffset now)
    {
        var (document, last) = (recipe.Document, Last(recipe));
        if (recipe.SignedBy is not null && document.Counter < last?.Counter)
        {
            throw new RecipeException(
                RecipeFault.Counter,
                $"Recipe '{document.Recipe.Id}' ({recipe.Digest}) has counter {document.Counter}, older than {last.Counter} ({last.Digest}), which was accepted here: to go back to it, register it again.");
        }

        if (recipe.SignedBy is not null && document.Counter == last?.Counter && recipe.Digest != last.Digest)
        {
            throw new RecipeException(
                RecipeFault.Counter, $"Recipe '{document.Recipe.Id}' of counter {document.Counter} is {recipe.Digest}; the one of that counter that was accepted here is {last.Digest}.");
        }

        // Expiry keeps a recipe from coming into force; one that was goes on, or a line would stop by itself.
        if (document.ExpiresAt <= now && last != Of(recipe))
        {
            throw new RecipeException(RecipeFault.Expired, $"Recipe '{document.Recipe.Id}' ({recipe.Digest}) has expired at {document.ExpiresAt:O}.");
        }
    }

    /// <summary>Checks a recipe once more and remembers it, so that none that another group has accepted comes between.</summary>
    /// <exception cref="RecipeException">As <see cref="Check"/>.</exception>
    /// <exception cref="StoreUnavailableException">It cannot be written.</exception>
    public void AcceptChecked(SignedRecipe recipe, DateTimeOffset now)
    {
        lock (_lock)
        {
            Check(recipe, now);
            Accept(recipe);
        }
    }

    /// <summary>Remembers a recipe that has passed every check; returns when that is durable.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be written.</exception>
    public void Accept(SignedRecipe recipe)
    {
        lock (_lock)
        {
            var accepted = Read();
            var last = accepted.GetValueOrDefault(NameOf(recipe));
            if (last == Of(recipe) || last?.Counter > recipe.Document.Counter)
            {
                // A later one has come into force for another group meanwhile.
                return;
            }

            accepted[NameOf(recipe)] = Of(recipe);
            DurableFile.Replace(_file, ImddJson.Serialize(accepted), Name);
        }
    }

    private AcceptedRelease? Last(SignedRecipe recipe) => Read().GetValueOrDefault(NameOf(recipe));

    private Dictionary<string, AcceptedRelease> Read()
    {
        try
        {
            return File.Exists(_file)
                ? ImddJson.Deserialize<Dictionary<string, AcceptedRelease>>(File.ReadAllBytes(_file))
                : new Dictionary<string, AcceptedRelease>(StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new StoreUnavailableException($"{Name} {_file}", $"{e.Message} Without it an old recipe could not be told from a new one", e);
        }
    }

    private static string NameOf(SignedRecipe recipe) => RecipeId.NameOf(recipe.Document.Recipe.Id);

    private static AcceptedRelease Of(SignedRecipe recipe) => new(recipe.Document.Counter, recipe.Digest);
}
