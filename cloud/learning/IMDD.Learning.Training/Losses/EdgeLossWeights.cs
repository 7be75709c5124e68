using System.Text.Json.Serialization;

namespace IMDD.Learning.Training.Losses;

/// <summary>Shares of the losses.</summary>
public sealed record EdgeLossWeights
{
    /// <summary>A defective pixel counts this many times in the cross entropy.</summary>
    public double Positive { get; init; } = 1;

    /// <summary>Overlap (dice) of all crops together, which large defects decide.</summary>
    public double Overlap { get; init; } = 1;

    /// <summary>Overlap of each defective crop by itself, so that a small defect counts as much as a large one.</summary>
    public double CropOverlap { get; init; } = 1;

    /// <summary>Is there a defect in the crop.</summary>
    public double Image { get; init; } = 0.2;

    /// <summary>Which class, against the others.</summary>
    public double Naming { get; init; } = 0.5;

    /// <summary>Does the row fit, each for itself.</summary>
    public double RowFit { get; init; } = 0.5;

    /// <summary>Do words of one meaning lie together.</summary>
    public double Words { get; init; } = 0.1;

    /// <summary>Does the network still say what the one it started from said, where that was right; 0: it need not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Memory { get; init; }
}
