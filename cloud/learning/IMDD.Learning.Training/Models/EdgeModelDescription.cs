using IMDD.Learning.Networks;

namespace IMDD.Learning.Training.Models;

/// <summary>All of a model but its weights.</summary>
/// <param name="Network">What the network was made of.</param>
/// <param name="Classes">What it can name; the rows of text are in this order.</param>
/// <param name="Calibration">How logits become decisions.</param>
/// <param name="Lineage">Where it came from.</param>
public sealed record EdgeModelDescription(
    EdgeNetworkOptions Network, IReadOnlyList<TrainedClass> Classes, EdgeCalibration Calibration, EdgeModelLineage Lineage)
{
    /// <summary>True where every weight is a 16-bit float and kept as one.</summary>
    public bool HalfWeights { get; init; }
}
