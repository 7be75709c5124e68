using System.Globalization;
using IMDD.Cloud.Registry.Fleet;
using IMDD.Cloud.Registry.Models;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Registry;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Registry.Rollouts;

/// <summary>
/// Takes rollouts on, a step in a transaction under the row's lock: whichever instance does it, and whenever one dies, the database says what is
/// next. Telling itself is the link's: a wave is told once it is kept.
/// </summary>
internal sealed class RolloutDriver(
    IDbContextFactory<RegistryDbContext> contexts, RolloutContents contents, RegistryIdentity identity, ILogger<RolloutDriver> logger)
{
    private const int MostNamed = 5;

    /// <summary>Ids of what may go on.</summary>
    public async Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Rollouts.Where(row => RolloutLock.Open.Contains(row.State)).OrderBy(row => row.StartedAt).Select(row => row.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Takes a rollout a step on; false: there is nothing to do for now.</summary>
    public async Task<bool> AdvanceAsync(string id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (await RolloutLock.TakeAsync(context, id, cancellationToken) is not { } rollout || !RolloutLock.Open.Contains(rollout.State))
        {
            return false;
        }

        var (state, begun) = (rollout.State, rollout.WavesBegun);
        var agents = await context.RolloutAgents.Where(row => row.RolloutId == id).OrderBy(row => row.Wave).ThenBy(row => row.Position).ToListAsync(cancellationToken);
        await LetGoAsync(context, rollout, agents, cancellationToken);
        await StepAsync(context, rollout, agents, cancellationToken);
        if (!context.ChangeTracker.HasChanges())
        {
            return false;
        }

        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (state != rollout.State || begun != rollout.WavesBegun)
        {
            Log.RolloutChanged(logger, id, rollout.Name, rollout.Digest, rollout.State, rollout.WavesBegun, rollout.Cause);
        }

        return true;
    }

    private async Task StepAsync(RegistryDbContext context, RolloutRow rollout, List<RolloutAgentRow> agents, CancellationToken cancellationToken)
    {
        var waves = Mapping.Waves(rollout);
        if (Excess(waves, rollout, agents) is { } excess)
        {
            Stop(rollout, agents, excess);
            return;
        }

        if (rollout.State == RolloutStateWord.Paused)
        {
            return;
        }

        if (agents.Exists(row => IsLate(rollout, row)))
        {
            if (await BarAsync(context, rollout, cancellationToken) is { } bar)
            {
                Stop(rollout, agents, $"Wave {rollout.WavesBegun} was not told whole: {bar}");
                return;
            }

            await TellPendingAsync(context, rollout, agents, cancellationToken);
        }

        if (IsWaveDone(waves, rollout, agents))
        {
            await NextAsync(context, waves, rollout, agents, cancellationToken);
        }
    }

    /// <summary>True for an agent of a wave that has begun which could not be told yet.</summary>
    private static bool IsLate(RolloutRow rollout, RolloutAgentRow row) => row.Wave < rollout.WavesBegun && row.State == RolloutAgentStateWord.Pending;

    /// <summary>Why nobody is to be told any more; null: somebody may be.</summary>
    private async Task<string?> BarAsync(RegistryDbContext context, RolloutRow rollout, CancellationToken cancellationToken)
        => await contents.Of(rollout).ForbidsAsync(context, rollout, cancellationToken)
            ?? (rollout.InstallNotAfter is { } end && identity.Now().Time >= end ? $"the window ended at {end:O}." : null);

    /// <summary>An agent that somebody has told something else since is waited for no longer.</summary>
    private async Task LetGoAsync(RegistryDbContext context, RolloutRow rollout, List<RolloutAgentRow> agents, CancellationToken cancellationToken)
    {
        if (agents.TrueForAll(row => row.State != RolloutAgentStateWord.Told))
        {
            return;
        }

        var ours = await context.Agents.Where(row => row.RolloutId == rollout.Id).Select(row => row.Asset + "/" + row.Agent).ToListAsync(cancellationToken);
        foreach (var row in agents.Where(row => row.State == RolloutAgentStateWord.Told && !ours.Contains($"{row.Asset}/{row.Agent}")))
        {
            LetGo(row, await context.Agents.FindAsync([row.Asset, row.Agent], cancellationToken));
        }
    }

    private void LetGo(RolloutAgentRow row, AgentRow? agent) => (row.State, row.Detail, row.ChangedAt) = (
        RolloutAgentStateWord.Cancelled, agent is not null && !AgentRows.IsOfFleet(agent) ? "The agent has no such group of cameras any more." : RolloutEnd.ToldElse, identity.Now().Time);

    private static string? Excess(IReadOnlyList<RolloutWave> waves, RolloutRow rollout, List<RolloutAgentRow> agents)
    {
        foreach (var wave in agents.Where(row => row.Wave < rollout.WavesBegun).GroupBy(row => row.Wave))
        {
            var failed = wave.Where(row => row.State == RolloutAgentStateWord.Failed).ToList();
            if (RolloutPlan.Excess(waves[wave.Key], failed.Count, wave.Count()) is { } excess)
            {
                return string.Create(CultureInfo.InvariantCulture, $"Wave {wave.Key + 1}: {excess}: ")
                    + string.Join(", ", failed.Take(MostNamed).Select(row => $"{row.Asset}/{row.Agent} {row.Step} {row.ReasonCode}")) + (failed.Count > MostNamed ? ", …" : "");
            }
        }

        return null;
    }

    private bool IsWaveDone(IReadOnlyList<RolloutWave> waves, RolloutRow rollout, List<RolloutAgentRow> agents)
    {
        if (rollout.WavesBegun == 0)
        {
            return true;
        }

        var index = rollout.WavesBegun - 1;
        var wave = agents.Where(row => row.Wave == index).ToList();
        if (wave.Exists(row => row.State is RolloutAgentStateWord.Pending or RolloutAgentStateWord.Told))
        {
            return false;
        }

        // Only before a wave that is to come: after the last there is nothing to wait for.
        var kept = wave.Where(row => row.State == RolloutAgentStateWord.InSync).Select(row => (DateTimeOffset?)row.ChangedAt).Max() ?? wave.Max(row => row.ChangedAt);
        return rollout.WavesBegun == waves.Count || identity.Now().Time >= kept + TimeSpan.FromSeconds(waves[index].SoakSeconds);
    }

    private async Task NextAsync(
        RegistryDbContext context, IReadOnlyList<RolloutWave> waves, RolloutRow rollout, List<RolloutAgentRow> agents, CancellationToken cancellationToken)
    {
        // That nobody has failed says nothing where nobody has tried it; after the last wave somebody of any will do.
        var tried = rollout.WavesBegun == waves.Count ? agents : agents.FindAll(row => row.Wave == rollout.WavesBegun - 1);
        if (rollout.WavesBegun > 0 && !tried.Exists(row => row.State == RolloutAgentStateWord.InSync))
        {
            Stop(rollout, agents, $"Wave {rollout.WavesBegun}: none of the {tried.Count} agents so far has kept it.");
            return;
        }

        if (rollout.WavesBegun == waves.Count)
        {
            await contents.Of(rollout).FinishAsync(context, rollout, cancellationToken);
            Change(rollout, RolloutStateWord.Finished, cause: null);
            return;
        }

        var number = rollout.WavesBegun + 1;
        if (await BarAsync(context, rollout, cancellationToken) is { } bar)
        {
            Stop(rollout, agents, $"Wave {number} was not told: {bar}");
        }
        else if (waves[number - 1].ApproveBefore && rollout.WavesApproved < number)
        {
            if (rollout.State != RolloutStateWord.WaitingForApproval)
            {
                Change(rollout, RolloutStateWord.WaitingForApproval, cause: null);
            }
        }
        else
        {
            await TellAsync(context, rollout, agents, cancellationToken);
        }
    }

    private async Task TellAsync(RegistryDbContext context, RolloutRow rollout, List<RolloutAgentRow> agents, CancellationToken cancellationToken)
    {
        if (rollout.WavesBegun == 0)
        {
            await contents.Of(rollout).BeginAsync(context, rollout, cancellationToken);
        }

        rollout.WavesBegun++;
        await TellPendingAsync(context, rollout, agents, cancellationToken);
        Change(rollout, RolloutStateWord.Running, cause: null);
    }

    private async Task TellPendingAsync(RegistryDbContext context, RolloutRow rollout, List<RolloutAgentRow> agents, CancellationToken cancellationToken)
    {
        foreach (var row in agents.Where(row => IsLate(rollout, row)))
        {
            var agent = await context.Agents.FindAsync([row.Asset, row.Agent], cancellationToken);
            if ((agent is not null && !AgentRows.IsOfFleet(agent)) || agent?.RolloutId != row.PreviousRolloutId)
            {
                LetGo(row, agent);
            }
            else if (await contents.Of(rollout).TellAsync(context, rollout, row, agent, cancellationToken))
            {
                (row.State, row.ToldAt) = (RolloutAgentStateWord.Told, identity.Now().Time);
                row.ChangedAt = row.ToldAt.Value;
            }
        }
    }

    private void Stop(RolloutRow rollout, List<RolloutAgentRow> agents, string cause)
    {
        Change(rollout, RolloutStateWord.Stopped, cause);
        foreach (var row in agents.Where(row => row.State == RolloutAgentStateWord.Pending))
        {
            (row.State, row.ChangedAt) = (RolloutAgentStateWord.Cancelled, rollout.ChangedAt);
        }
    }

    private void Change(RolloutRow rollout, string state, string? cause)
        => (rollout.State, rollout.Cause, rollout.ChangedAt, rollout.ChangedBy) = (state, cause, identity.Now().Time, null);
}
