namespace IMDD.Cli.Bench;

/// <summary>One part of the load, between two slices of the bare loop.</summary>
/// <param name="Bare">Mean of the slices before and after.</param>
/// <param name="AgentCpuMs">CPU of the agent per frame, milliseconds.</param>
/// <param name="Wall">How long the part took.</param>
internal sealed record LoadRound(BareTimes Bare, double AgentCpuMs, TimeSpan Wall)
{
    public double AgentOverBare => Bare.CpuMs / AgentCpuMs;
}
