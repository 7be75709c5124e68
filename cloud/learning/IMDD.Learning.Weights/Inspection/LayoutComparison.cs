namespace IMDD.Learning.Weights.Inspection;

/// <summary>Tensors held against the layout of a configuration.</summary>
/// <param name="Missing">Names that the network needs and the file lacks.</param>
/// <param name="Misshapen">Names with the shape found and the shape expected.</param>
/// <param name="Extra">Names that nothing needs.</param>
public sealed record LayoutComparison(IReadOnlyList<string> Missing, IReadOnlyList<string> Misshapen, IReadOnlyList<string> Extra)
{
    /// <summary>Whether the weights are the network's exactly.</summary>
    public bool Fits => Missing.Count + Misshapen.Count + Extra.Count == 0;
}
