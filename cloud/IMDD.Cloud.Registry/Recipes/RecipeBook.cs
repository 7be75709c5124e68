using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using IMDD.Cloud.Registry.State;
using IMDD.Cloud.Registry.Trust;
using IMDD.Contracts;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Contracts.Registry;
using IMDD.Inference.Recipes;
using IMDD.Relational;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Recipes;

/// <summary>The signed recipes: what stations can be told to decide by.</summary>
internal sealed partial class RecipeBook(IDbContextFactory<RegistryDbContext> contexts, SigningKey signer, RegistryIdentity identity, ILogger<RecipeBook> logger)
{
    /// <summary>A field that is none, such as a threshold with a slip in its name, is refused: nobody would notice that it does nothing.</summary>
    private static readonly JsonSerializerOptions Strict = new(ImddJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>
    /// Numbers, signs and keeps a recipe. The newest of its name again, signed by the present key and good for as long, is answered with what there
    /// is; an older one gets a counter of its own, so that stations go back to it.
    /// </summary>
    /// <exception cref="RegistryException">It breaks rules, all of which are named, or its id stands for another recipe.</exception>
    public async Task<RecipeView> RegisterAsync(RegisterRecipe request, CancellationToken cancellationToken)
    {
        var now = identity.Now().Time;
        var recipe = Parse(request.Recipe);
        Check(recipe, request.ExpiresAt, now);
        var (name, digest) = (RecipeId.NameOf(recipe.Id), RecipeDigest.Of(recipe));
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var counter = await NextAsync(context, name, cancellationToken);
        if (await context.Recipes.AnyAsync(row => row.Id == recipe.Id && row.Digest != digest, cancellationToken))
        {
            throw RegistryException.Forbidden($"'{recipe.Id}' is registered with another content: give this one a revision of its own.");
        }

        await RootBook.CheckSignerAsync(context, signer.Key.Id, cancellationToken);
        var newest = await context.Recipes.Where(row => row.Name == name).OrderByDescending(row => row.Counter).FirstOrDefaultAsync(cancellationToken);
        if (newest is not null && newest.Digest == digest && newest.KeyId == signer.Key.Id && newest.ExpiresAt == request.ExpiresAt)
        {
            return View(newest, await AssignedAsync(context, digest, cancellationToken), recipe);
        }

        var added = Sign(recipe, name, digest, counter, request.ExpiresAt, request.By, now);
        context.Recipes.Add(added);
        await context.SaveChangesAsync(cancellationToken);
        AuditLog.Append(context, request.By, AuditAction.RegisterRecipe, $"{added.Id} {digest}", AuditOutcome.Done, $"counter {counter}. {request.Reason}".TrimEnd(), now);
        await transaction.CommitAsync(cancellationToken);
        Log.RecipeRegistered(logger, added.Id, digest, counter, request.By);
        return View(added, await AssignedAsync(context, digest, cancellationToken), recipe);
    }

    /// <summary>The newest of each digest, by name, the newest first.</summary>
    public async Task<IReadOnlyList<RecipeView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Recipes.AsNoTracking().ToListAsync(cancellationToken);
        var agents = (await context.Agents.AsNoTracking().Where(row => row.Recipe != null).ToListAsync(cancellationToken)).ToLookup(row => row.Recipe!, AddressOf);
        return
        [
            .. rows.GroupBy(row => row.Digest, StringComparer.Ordinal).Select(same => same.MaxBy(row => row.Counter)!)
                .OrderBy(row => row.Name, StringComparer.Ordinal).ThenByDescending(row => row.Counter).Select(row => View(row, [.. agents[row.Digest]], recipe: null)),
        ];
    }

    /// <exception cref="RegistryException">There is none of this digest.</exception>
    public async Task<RecipeView> FindAsync(string digest, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await NewestAsync(context, digest, cancellationToken);
        return View(row, await AssignedAsync(context, digest, cancellationToken), Document(row).Recipe);
    }

    /// <summary>The envelope of a digest.</summary>
    /// <exception cref="RegistryException">There is none.</exception>
    public async Task<string> EnvelopeAsync(string digest, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return (await NewestAsync(context, digest, cancellationToken)).Envelope;
    }

    /// <summary>
    /// The newest document of a recipe that stations are to go back to, in the transaction of a caller that holds the rows of its name: signed anew, under a
    /// counter of its own, where a later one of its name was given out, which they would not go back behind, or its key was withdrawn.
    /// </summary>
    /// <exception cref="RegistryException">There is none, it has expired, or this registry's key is not listed.</exception>
    public async Task<RecipeRow> AgainAsync(RegistryDbContext context, string digest, string? by, CancellationToken cancellationToken)
    {
        var now = identity.Now().Time;
        var newest = await NewestAsync(context, digest, cancellationToken);
        var isLast = await context.RecipeNames.AsNoTracking().AnyAsync(row => row.Name == newest.Name && row.Counter <= newest.Counter, cancellationToken);
        if (newest.ExpiresAt <= now || (isLast && await RootBook.UnlistedByAsync(context, newest.KeyId, cancellationToken) is null))
        {
            await RecipeRules.CheckUsableAsync(context, newest, now, cancellationToken);
            return newest;
        }

        await RootBook.CheckSignerAsync(context, signer.Key.Id, cancellationToken);
        var added = Sign(Document(newest).Recipe, newest.Name, digest, await NextAsync(context, newest.Name, cancellationToken), newest.ExpiresAt, by, now);
        context.Recipes.Add(added);
        await context.SaveChangesAsync(cancellationToken);
        Log.RecipeRegistered(logger, added.Id, digest, added.Counter, by);
        return added;
    }

    /// <summary>The row of a digest whose envelope stations are given.</summary>
    /// <exception cref="RegistryException">There is none.</exception>
    public static async Task<RecipeRow> NewestAsync(RegistryDbContext context, string digest, CancellationToken cancellationToken)
        => await context.Recipes.AsNoTracking().Where(row => row.Digest == digest).OrderByDescending(row => row.Counter).FirstOrDefaultAsync(cancellationToken)
            ?? throw RegistryException.Unknown($"There is no recipe {Excerpt.Of(digest)}.");

    /// <summary>The next counter of a name, whose row is locked until the transaction ends.</summary>
    private static async Task<long> NextAsync(RegistryDbContext context, string name, CancellationToken cancellationToken)
    {
        await context.Database.ExecuteSqlAsync(
            $"INSERT INTO recipe_names (name, counter) VALUES ({name}, 1) ON CONFLICT (name) DO UPDATE SET counter = recipe_names.counter + 1", cancellationToken);
        return (await context.RecipeNames.AsNoTracking().SingleAsync(row => row.Name == name, cancellationToken)).Counter;
    }

    private RecipeRow Sign(Recipe recipe, string name, string digest, long counter, DateTimeOffset? expiresAt, string? by, DateTimeOffset now)
    {
        RecipeDocument document = new()
        {
            SchemaVersion = RecipeDocument.CurrentSchemaVersion,
            Recipe = recipe,
            Counter = counter,
            CreatedAt = now,
            ExpiresAt = expiresAt,
        };
        return new RecipeRow
        {
            Name = name,
            Counter = counter,
            Id = recipe.Id,
            Digest = digest,
            Envelope = Encoding.UTF8.GetString(ImddJson.Serialize(signer.Key.Sign(DsseEnvelope.RecipePayloadType, ImddJson.Serialize(document)))),
            KeyId = signer.Key.Id,
            RegisteredAt = now,
            RegisteredBy = by,
            ExpiresAt = expiresAt,
        };
    }

    private static RecipeDocument Document(RecipeRow row)
        => ImddJson.Deserialize<RecipeDocument>(Convert.FromBase64String(ImddJson.Deserialize<DsseEnvelope>(Encoding.UTF8.GetBytes(row.Envelope)).Payload));

    private static Recipe Parse(JsonElement json)
    {
        try
        {
            return json.Deserialize<Recipe>(Strict) ?? throw new JsonException("Expected a JSON object, not null.");
        }
        catch (JsonException e)
        {
            throw RegistryException.Invalid($"This is no recipe: {e.Message}");
        }
    }

    private static void Check(Recipe recipe, DateTimeOffset? expiresAt, DateTimeOffset now)
    {
        RecipeDocument document = new() { SchemaVersion = RecipeDocument.CurrentSchemaVersion, Recipe = recipe, Counter = 1, CreatedAt = now, ExpiresAt = expiresAt };
        List<string> faults = [.. SignedRecipe.Faults(document)];
        if (!RecipeIdForm().IsMatch(recipe.Id))
        {
            faults.Add($"{nameof(Recipe.Id)}: '{Excerpt.Of(recipe.Id)}' is none, expected name@revision such as door-red@4, of letters, digits, '.', '_' and '-', at most 64 and 32");
        }

        if (expiresAt <= now)
        {
            faults.Add($"{nameof(RegisterRecipe.ExpiresAt)}: {expiresAt:O} has passed");
        }

        if (ImddJson.Serialize(document).Length is > SignedRecipe.MaxDocumentBytes and var size)
        {
            faults.Add($"the recipe has {size} bytes, expected at most {SignedRecipe.MaxDocumentBytes}");
        }

        if (faults.Count > 0)
        {
            throw RegistryException.Invalid($"The recipe cannot be signed: {string.Join("; ", faults)}.");
        }
    }

    private static async Task<IReadOnlyList<string>> AssignedAsync(RegistryDbContext context, string digest, CancellationToken cancellationToken)
        => [.. (await context.Agents.AsNoTracking().Where(row => row.Recipe == digest).OrderBy(row => row.Asset).ThenBy(row => row.Agent).ToListAsync(cancellationToken)).Select(AddressOf)];

    private static string AddressOf(AgentRow row) => $"{row.Asset}/{row.Agent}";

    private static RecipeView View(RecipeRow row, IReadOnlyList<string> agents, Recipe? recipe) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Digest = row.Digest,
        Counter = row.Counter,
        RegisteredAt = row.RegisteredAt,
        RegisteredBy = row.RegisteredBy,
        ExpiresAt = row.ExpiresAt,
        KeyId = row.KeyId,
        Agents = agents,
        Recipe = recipe,
    };

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}@[A-Za-z0-9._-]{1,32}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex RecipeIdForm();
}
