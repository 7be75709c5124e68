namespace IMDD.Cli.Learn;

/// <summary>How a model does on the frozen frames of kinds that are known.</summary>
/// <param name="Frames">All of them.</param>
/// <param name="Recall">Share of defective ones that failed with a region in the right place and of the right name.</param>
/// <param name="FalseAlarms">Share of good ones that failed.</param>
public sealed record FrozenFigures(int Frames, double Recall, double FalseAlarms);
