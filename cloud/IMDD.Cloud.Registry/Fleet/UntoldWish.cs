using IMDD.Contracts.Events;

namespace IMDD.Cloud.Registry.Fleet;

/// <summary>What an agent is to be told.</summary>
/// <param name="Address">Who.</param>
/// <param name="RolloutId">Names it.</param>
/// <param name="Wish">The message; null: the wish before is taken back.</param>
internal sealed record UntoldWish(AgentAddress Address, string RolloutId, DesiredModels? Wish);
