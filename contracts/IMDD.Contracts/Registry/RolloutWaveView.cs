namespace IMDD.Contracts.Registry;

/// <summary>A wave and its agents.</summary>
/// <param name="Wave">As it was asked for.</param>
/// <param name="Agents">Who that is, settled when the rollout was asked for.</param>
public sealed record RolloutWaveView(RolloutWave Wave, IReadOnlyList<RolloutAgentView> Agents);
