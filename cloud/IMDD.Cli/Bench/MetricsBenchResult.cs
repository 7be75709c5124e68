using System.Text.Json.Serialization;

namespace IMDD.Cli.Bench;

/// <summary>What the exact pixel metrics cost.</summary>
/// <param name="Maps">Score maps.</param>
/// <param name="Side">Width and height, pixels.</param>
/// <param name="Seconds">From the maps in memory to all three values; drawing the maps is left out.</param>
/// <param name="CpuSeconds">Processor time of the same.</param>
/// <param name="PeakBytes">Largest resident memory of the whole process, the drawing included.</param>
/// <param name="PixelAuroc">So that nothing is optimised away, and two machines can be compared.</param>
/// <param name="Aupro30">Up to a false-positive rate of 0.3.</param>
/// <param name="Aupro5">Up to 0.05.</param>
/// <param name="Missed">Goals that were not met.</param>
internal sealed record MetricsBenchResult(
    int Maps,
    int Side,
    double Seconds,
    double CpuSeconds,
    long PeakBytes,
    double PixelAuroc,
    [property: JsonPropertyName("aupro_30")] double Aupro30,
    [property: JsonPropertyName("aupro_5")] double Aupro5,
    IReadOnlyList<string> Missed);
