using IMDD.Cloud.Registry.State;
using IMDD.Contracts;
using IMDD.Contracts.Identity;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Fleet;

/// <summary>Rows by address: a named group of an agent's cameras has one of its own, with <c>agent:group</c> in place of the agent.</summary>
internal static class AgentRows
{
    /// <summary>A message says what is desired of so many at most.</summary>
    public const int MostOfAnAgent = 16;

    private const int MostNamed = 5;

    /// <summary>The address that a request names.</summary>
    /// <exception cref="RegistryException">It is none.</exception>
    public static AgentAddress Asked(string text)
        => AgentAddress.TryParse(text, out var address) ? address : throw RegistryException.Invalid($"'{Excerpt.Of(text)}' is not an agent: expected {AgentAddress.Expected}.");

    public static AgentAddress AddressOf(AgentRow row) => AgentAddress.Parse($"{row.Asset}/{row.Agent}");

    public static AgentAddress AddressOf(RolloutAgentRow row) => AgentAddress.Parse($"{row.Asset}/{row.Agent}");

    /// <summary>Rows of an agent, those of its groups among them.</summary>
    public static IQueryable<AgentRow> OfBox(this IQueryable<AgentRow> rows, AgentAddress address)
    {
        var (asset, agent, groups) = (address.Asset.ToString(), address.Agent, address.Agent + ":");
        return rows.Where(row => row.Asset == asset && (row.Agent == agent || row.Agent.StartsWith(groups)));
    }

    /// <summary>
    /// Rows that a release can be wished of: not of groups that are no more, nor of those that no agent has named yet, which wait with a recipe and
    /// whose cameras nobody knows.
    /// </summary>
    public static IQueryable<AgentRow> OfFleet(this IQueryable<AgentRow> rows) => rows.Where(row => row.GoneAt == null && (row.State != null || !EF.Functions.Like(row.Agent, "%:%")));

    /// <summary>As <see cref="OfFleet"/>, of one.</summary>
    public static bool IsOfFleet(AgentRow row) => row.GoneAt is null && (row.State is not null || !row.Agent.Contains(':', StringComparison.Ordinal));

    /// <summary>The row of an address, made where there is none.</summary>
    public static async Task<AgentRow> TakeAsync(RegistryDbContext context, AgentAddress address, CancellationToken cancellationToken)
    {
        var asset = address.Asset.ToString();
        if (await context.Agents.FindAsync([asset, address.Name], cancellationToken) is { } known)
        {
            return known;
        }

        AgentRow row = new() { Asset = asset, Agent = address.Name };
        context.Agents.Add(row);
        return row;
    }

    /// <summary>
    /// An address with a slip in it would get a row that rollouts wait for. One that is to come is expected from now on, in the caller's
    /// transaction.
    /// </summary>
    /// <param name="context">The database.</param>
    /// <param name="addresses">What was asked for.</param>
    /// <param name="allowUnknown">Whether it may be to come.</param>
    /// <param name="groupsToo">Whether groups may: what is told at once names their cameras, which only their agent knows.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RegistryException">No agent has ever said its state from one of them, or has such a group no more; or an agent would have too many groups.</exception>
    public static async Task CheckKnownAsync(
        RegistryDbContext context, IReadOnlyList<AgentAddress> addresses, bool allowUnknown, bool groupsToo, CancellationToken cancellationToken)
    {
        List<AgentAddress> unknown = [];
        foreach (var address in addresses)
        {
            var row = await context.Agents.FindAsync([address.Asset.ToString(), address.Name], cancellationToken);
            if (row is { State: not null, GoneAt: null })
            {
                continue;
            }

            unknown.Add(address);
            if (row is not null && allowUnknown && (groupsToo || address.Group is null))
            {
                (row.State, row.StateAt, row.GoneAt) = (null, null, null);
            }
        }

        await context.SaveChangesAsync(cancellationToken);
        if (allowUnknown && !groupsToo && unknown.Find(address => address.Group is not null) is { } early)
        {
            throw RegistryException.Unknown($"No agent has said that it has {early}: a group's cameras are part of what it is told. Expected its agent's state first.");
        }

        if (unknown.Count > 0 && !allowUnknown)
        {
            throw RegistryException.Unknown(
                $"No agent has said its state from {string.Join(", ", unknown.Take(MostNamed))}{(unknown.Count > MostNamed ? ", …" : "")}: "
                + "expected addresses of agents that are known, or allowUnknown (--new) for ones that are to come.");
        }

        foreach (var box in unknown.GroupBy(address => address.Box))
        {
            var names = await context.Agents.OfBox(box.Key).Where(row => row.GoneAt == null).Select(row => row.Agent).ToListAsync(cancellationToken);
            if (names.Union(box.Select(address => address.Name)).Count() is > MostOfAnAgent and var count)
            {
                throw RegistryException.Invalid($"{box.Key} would have {count} groups, the rest of its cameras among them: expected at most {MostOfAnAgent}.");
            }
        }
    }
}
