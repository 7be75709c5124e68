using IMDD.Contracts.Events;

namespace IMDD.Edge.Agent.Outcomes;

/// <summary>What is remembered of an outcome for as long as its frame may be delivered again: enough to repeat the receipt.</summary>
internal sealed record KnownOutcome(Verdict Verdict, string? Reason, bool DeadlineMet);
