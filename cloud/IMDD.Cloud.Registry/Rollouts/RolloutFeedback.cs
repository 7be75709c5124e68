using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Registry;

namespace IMDD.Cloud.Registry.Rollouts;

/// <summary>What agents say counts for the rollout that told them.</summary>
internal sealed class RolloutFeedback(RolloutContents contents, TimeProvider time)
{
    /// <summary>Keeps a step in the rollout of its id, if it has one, in the caller's transaction.</summary>
    public async Task ApplyAsync(RegistryDbContext context, AgentAddress address, RolloutStep step, CancellationToken cancellationToken)
    {
        if (await RolloutLock.TakeAsync(context, step.RolloutId, cancellationToken) is not { } rollout
            || await context.RolloutAgents.FindAsync([rollout.Id, address.Asset.ToString(), address.Name], cancellationToken) is not { } row)
        {
            return;
        }

        var state = StateAfter(step.Step, step.Result);
        if (state is null && row.State != RolloutAgentStateWord.Told)
        {
            // Late, or delivered again: it is over.
            return;
        }

        var isLate = row.State == RolloutAgentStateWord.Cancelled && state == RolloutAgentStateWord.InSync;

        // The same last word again, as whoever is told of another group gives it, is no change: the soak goes on.
        row.ChangedAt = state == row.State ? row.ChangedAt : time.GetUtcNow();
        (row.State, row.Step) = (state ?? row.State, step.Step);
        (row.ReasonCode, row.Detail) = (step.ReasonCode, step.Detail);
        if (isLate && await context.Agents.FindAsync([row.Asset, row.Agent], cancellationToken) is { } agent)
        {
            // The wish was taken back too late.
            await contents.Of(rollout).KeepAsync(context, rollout, row, agent, cancellationToken);
        }
    }

    private static string? StateAfter(string step, string result) => step switch
    {
        RolloutStepWord.Committed => RolloutAgentStateWord.InSync,
        RolloutStepWord.Canceled => RolloutAgentStateWord.Cancelled,
        _ when result == RolloutResult.Failure => RolloutAgentStateWord.Failed,
        _ => null,
    };
}
