using IMDD.Cloud.Registry.State;

namespace IMDD.Cloud.Registry.Rollouts;

/// <summary>What a rollout gives out, a release or a recipe; each is part of a transaction of whoever holds the rollout's locks. Waves, gates and people's words are the same for both.</summary>
internal interface IRolloutContent
{
    /// <summary>Why nobody is to be told any more; null: somebody may be.</summary>
    Task<string?> ForbidsAsync(RegistryDbContext context, RolloutRow rollout, CancellationToken cancellationToken);

    /// <summary>The first wave is about to be told.</summary>
    Task BeginAsync(RegistryDbContext context, RolloutRow rollout, CancellationToken cancellationToken);

    /// <summary>Tells an agent, and notes what it had. False: it cannot be told yet.</summary>
    /// <param name="context">The transaction's.</param>
    /// <param name="rollout">The rollout.</param>
    /// <param name="row">The agent's part of it.</param>
    /// <param name="agent">The agent; null: it was never heard of.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<bool> TellAsync(RegistryDbContext context, RolloutRow rollout, RolloutAgentRow row, AgentRow? agent, CancellationToken cancellationToken);

    /// <summary>The last wave is done.</summary>
    Task FinishAsync(RegistryDbContext context, RolloutRow rollout, CancellationToken cancellationToken);

    /// <summary>An agent is to have again what it had before it was told, under an id of its own.</summary>
    Task RestoreAsync(RegistryDbContext context, RolloutRow rollout, RolloutAgentRow row, AgentRow agent, string restored, CancellationToken cancellationToken);

    /// <summary>An agent has kept it after its wish was taken back: what is desired is what runs, since the agent takes nothing older.</summary>
    Task KeepAsync(RegistryDbContext context, RolloutRow rollout, RolloutAgentRow row, AgentRow agent, CancellationToken cancellationToken);
}
