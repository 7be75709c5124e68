namespace IMDD.Cli.Learn;

/// <summary>How a model does on the frozen frames of kinds that are known.</summary>
/// <param name="Frames">All of them.</param>
/// <param name="Recall">Share of defective ones that failed with a region in the right place and of the right name.</param>
/// <param name="Detection">Share of them that failed with a region in the right place, whatever its name.</param>
/// <param name="FalseAlarms">Share of good ones that failed.</param>
public sealed record FrozenFigures(int Frames, double Recall, double Detection, double FalseAlarms)
{
    /// <summary>The worse of recall gained and false alarms saved, points.</summary>
    internal double PointsSince(FrozenFigures before) => Math.Round(100 * Math.Min(Recall - before.Recall, before.FalseAlarms - FalseAlarms), 2);
}
