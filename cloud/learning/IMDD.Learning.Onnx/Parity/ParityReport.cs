using System.Globalization;

namespace IMDD.Learning.Onnx.Parity;

/// <summary>How far an exported model is from the network it came from.</summary>
/// <param name="Tolerance">What was allowed.</param>
/// <param name="Results">Every output for every probe.</param>
public sealed record ParityReport(ParityTolerance Tolerance, IReadOnlyList<ParityResult> Results)
{
    /// <summary>Every output is within the tolerance, and of the shape that the model declares.</summary>
    public bool Passed => Results.All(result => result.Passed);

    /// <summary>The largest error of all.</summary>
    public double LargestError => Results.Max(result => result.LargestError);

    /// <inheritdoc/>
    public override string ToString()
    {
        var failed = Results.Where(result => !result.Passed).ToList();
        return failed.Count == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{Results.Count} outputs agree, the worst by {LargestError:G3} of {Tolerance.Absolute:G3}")
            : string.Join("; ", failed.Select(Describe));
    }

    private string Describe(ParityResult result)
    {
        var shape = $"[{string.Join(", ", result.Shape)}]";
        return result.DeclaredShape is { } declared
            ? $"output '{result.Output}' of probe '{result.Probe}' is {shape}, declared is {declared}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"output '{result.Output}' {shape} of probe '{result.Probe}' is off by {result.LargestDifference:G3} at element {result.At} (error {result.LargestError:G3}, allowed {Tolerance.Absolute:G3})");
    }
}
