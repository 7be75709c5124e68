using IMDD.Cloud.Registry.Models;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Fleet;

/// <summary>Agents know of numbers that were given out before this registry was restored from an old copy: it goes on above them.</summary>
internal sealed class FleetCounters(ILogger<FleetCounters> logger)
{
    /// <summary>A counter further ahead than this is no lost history but a wrong number; following it would use the numbers up.</summary>
    private const long MostAhead = 1_000_000;

    private const int MaxRecipeId = 128;

    /// <summary>Learns from what is in slots and recipes. Never down: another instance may have given out a higher one since it was read.</summary>
    public async Task LearnAsync(RegistryDbContext context, IReadOnlyList<AgentState> states, CancellationToken cancellationToken)
    {
        // A name that no release can be registered under is kept for nothing.
        var releases = states.SelectMany(state => state.Slots ?? []).Select(slot => (slot.Model.Name, Counter: slot.Model.ReleaseCounter)).Where(release => ModelRegistry.IsName(release.Name));
        foreach (var heard in releases.GroupBy(release => release.Name, release => release.Counter, StringComparer.Ordinal).OrderBy(heard => heard.Key, StringComparer.Ordinal))
        {
            await LearnModelAsync(context, heard.Key, [.. heard], cancellationToken);
        }

        var recipes = states.Where(state => state is { RecipeId.Length: <= MaxRecipeId, RecipeCounter: > 0 })
            .Select(state => (Name: RecipeId.NameOf(state.RecipeId!), Counter: state.RecipeCounter!.Value)).Where(recipe => !recipe.Name.Contains('\0', StringComparison.Ordinal));
        foreach (var heard in recipes.GroupBy(recipe => recipe.Name, recipe => recipe.Counter, StringComparer.Ordinal).OrderBy(heard => heard.Key, StringComparer.Ordinal))
        {
            await LearnRecipeAsync(context, heard.Key, [.. heard], cancellationToken);
        }
    }

    /// <summary>Also of a name that is not registered, or no longer: its first release here goes on above what agents have of it.</summary>
    private async Task LearnModelAsync(RegistryDbContext context, string name, IReadOnlyList<long> heard, CancellationToken cancellationToken)
    {
        var known = await context.Models.AsNoTracking().Where(row => row.Name == name).Select(row => (long?)row.Counter).SingleOrDefaultAsync(cancellationToken) ?? 0;
        if (Ahead(name, known, heard) is { } counter)
        {
            await context.Database.ExecuteSqlAsync(
                $"INSERT INTO models (name, counter, fencing_token) VALUES ({name}, {counter}, 0) ON CONFLICT (name) DO UPDATE SET counter = excluded.counter WHERE models.counter < excluded.counter",
                cancellationToken);
        }
    }

    private async Task LearnRecipeAsync(RegistryDbContext context, string name, IReadOnlyList<long> heard, CancellationToken cancellationToken)
    {
        var known = await context.RecipeNames.AsNoTracking().Where(row => row.Name == name).Select(row => (long?)row.Counter).SingleOrDefaultAsync(cancellationToken) ?? 0;
        if (Ahead(name, known, heard) is { } counter)
        {
            await context.Database.ExecuteSqlAsync(
                $"INSERT INTO recipe_names (name, counter) VALUES ({name}, {counter}) ON CONFLICT (name) DO UPDATE SET counter = excluded.counter WHERE recipe_names.counter < excluded.counter",
                cancellationToken);
        }
    }

    private long? Ahead(string name, long known, IReadOnlyList<long> heard)
    {
        var ahead = heard.Where(counter => counter > known && counter - known <= MostAhead).Select(counter => (long?)counter).Max();
        if (ahead is { } counter)
        {
            Log.CounterBehind(logger, name, counter, known);
        }

        return ahead;
    }
}
