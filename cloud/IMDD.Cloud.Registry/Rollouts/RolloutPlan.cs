using System.Security.Cryptography;
using System.Text;
using IMDD.Cloud.Registry.Fleet;
using IMDD.Contracts;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Registry;

namespace IMDD.Cloud.Registry.Rollouts;

/// <summary>Who is in which wave.</summary>
internal static class RolloutPlan
{
    private const int MostWaves = 64;
    private static readonly TimeSpan LongestSoak = TimeSpan.FromDays(365);

    /// <exception cref="RegistryException">The waves cannot be understood; the message names the first that is wrong.</exception>
    public static void Check(IReadOnlyList<RolloutWave> waves, InstallWindow? install, DateTimeOffset now)
    {
        if (waves.Count is 0 or > MostWaves)
        {
            throw RegistryException.Invalid($"There are {waves.Count} waves: expected 1 to {MostWaves}.");
        }

        var percent = 0.0;
        foreach (var (wave, number) in waves.Select((wave, i) => (wave, i + 1)))
        {
            if ((wave.Lines.Count > 0 ? 1 : 0) + (wave.Agents.Count > 0 ? 1 : 0) + (wave.Percent is null ? 0 : 1) != 1)
            {
                throw RegistryException.Invalid($"Wave {number}: expected exactly one of lines, agents and percent.");
            }

            if (wave.Percent is { } reached && !(reached > percent && reached <= 100))
            {
                throw RegistryException.Invalid($"Wave {number} has {reached} percent: expected more than {percent} and at most 100, since it is the fleet's share once it is told.");
            }

            percent = wave.Percent ?? percent;
            foreach (var line in wave.Lines.Where(line => !AssetPath.TryParse($"{line}/cell", out _, out _)))
            {
                throw RegistryException.Invalid($"Wave {number}: '{Excerpt.Of(line)}' is not a line: expected enterprise/site/area/line.");
            }

            if (wave.MaxFailed < 0 || wave.MaxFailedPercent is { } share && !(share >= 0 && share <= 100))
            {
                throw RegistryException.Invalid($"Wave {number}: expected maxFailed of at least 0 and maxFailedPercent from 0 to 100.");
            }

            if (!(wave.SoakSeconds >= 0 && wave.SoakSeconds <= LongestSoak.TotalSeconds))
            {
                throw RegistryException.Invalid($"Wave {number}: soakSeconds is {wave.SoakSeconds}: expected 0 to {LongestSoak.TotalSeconds}.");
            }
        }

        if (install is { } window && (window.NotBefore >= window.NotAfter || window.NotAfter <= now))
        {
            throw RegistryException.Invalid($"The window from {window.NotBefore:O} to {window.NotAfter:O} is empty or over.");
        }
    }

    /// <summary>The agents of each wave, none in two.</summary>
    /// <param name="rolloutId">With an agent's name it gives the order in which shares of the fleet are taken: another in each rollout, the same each time.</param>
    /// <param name="waves">Checked before.</param>
    /// <param name="fleet">Agents of the model, or of the recipe.</param>
    /// <exception cref="RegistryException">A wave has no agent.</exception>
    public static IReadOnlyList<IReadOnlyList<AgentAddress>> Settle(string rolloutId, IReadOnlyList<RolloutWave> waves, IReadOnlyList<AgentAddress> fleet)
    {
        var order = fleet.OrderBy(agent => Order(rolloutId, agent), StringComparer.Ordinal).ToList();
        HashSet<AgentAddress> taken = [];
        List<IReadOnlyList<AgentAddress>> settled = [];
        foreach (var (wave, number) in waves.Select((wave, i) => (wave, i + 1)))
        {
            List<AgentAddress> agents = [.. Candidates(wave, order, taken).Where(taken.Add)];
            settled.Add(agents.Count > 0
                ? agents
                : throw RegistryException.Forbidden($"Wave {number} has no agent that no wave before it has: the fleet has {fleet.Count}."));
        }

        return settled;
    }

    /// <summary>Why a wave has too many failures; null: it has not.</summary>
    public static string? Excess(RolloutWave wave, int failed, int agents)
    {
        var most = wave.MaxFailed ?? (wave.MaxFailedPercent is null ? 0 : int.MaxValue);
        return failed > most ? $"{failed} of {agents} agents have failed and {most} may"
            : wave.MaxFailedPercent is { } share && 100.0 * failed / agents > share ? $"{failed} of {agents} agents have failed and {share} % may"
            : null;
    }

    private static IEnumerable<AgentAddress> Candidates(RolloutWave wave, List<AgentAddress> order, HashSet<AgentAddress> taken)
    {
        if (wave.Percent is not { } percent)
        {
            return wave.Agents.Count > 0
                ? wave.Agents.Select(AgentRows.Asked)
                : order.Where(agent => wave.Lines.Contains(agent.Asset.LinePath, StringComparer.Ordinal));
        }

        var reached = (int)Math.Ceiling((decimal)percent * order.Count / 100);
        var left = order.Where(agent => !taken.Contains(agent)).ToList();
        return left.Take(Math.Max(1, reached - (order.Count - left.Count)));
    }

    private static string Order(string rolloutId, AgentAddress agent) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{rolloutId}\n{agent}")));
}
