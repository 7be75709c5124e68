namespace IMDD.Cli.Bench;

/// <summary>What a frame takes without an agent around it, milliseconds.</summary>
internal sealed record BareTimes(double CpuMs, double WallMs);
