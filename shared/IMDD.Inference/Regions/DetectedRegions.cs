using System.Collections;

namespace IMDD.Inference.Regions;

/// <summary>The regions of a frame, worst first.</summary>
/// <param name="regions">Those described.</param>
/// <param name="omitted">Number of further regions beyond <see cref="RegionOptions.MaxRegions"/>.</param>
public sealed class DetectedRegions(IReadOnlyList<DetectedRegion> regions, int omitted) : IReadOnlyList<DetectedRegion>
{
    /// <summary>A frame without regions.</summary>
    public static DetectedRegions None { get; } = new([], 0);

    /// <summary>Number of regions, none of them worse than those listed, that were counted and not described.</summary>
    public int Omitted { get; } = omitted;

    /// <inheritdoc/>
    public int Count => regions.Count;

    /// <inheritdoc/>
    public DetectedRegion this[int index] => regions[index];

    /// <inheritdoc/>
    public IEnumerator<DetectedRegion> GetEnumerator() => regions.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
