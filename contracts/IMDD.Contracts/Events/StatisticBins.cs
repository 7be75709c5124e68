namespace IMDD.Contracts.Events;

/// <summary>
/// Edges of the histograms of <see cref="StatisticsSketch"/>, fixed so that counts of any two windows can be added and compared. Finer than a comparison
/// needs: a reader puts bins together.
/// </summary>
public static class StatisticBins
{
    /// <summary>Rises when an edge moves: histograms of different versions are not comparable.</summary>
    public const int Version = 1;

    private const int BrightnessBins = 128;
    private const int LevelBins = 128;
    private const int ScoreBins = 100;

    // Contrast and sharpness by ratio: 16 bins to an octave of 1 + value are 4.4 % each.
    private const double BinsPerOctave = 16;
    private const double BrightnessRange = 256;

    /// <summary>Statistics that have a histogram.</summary>
    public static IReadOnlyList<string> Names { get; } = [StatisticName.Brightness, StatisticName.Contrast, StatisticName.Sharpness, StatisticName.ImageScore];

    /// <summary>Number of bins; 0 for a statistic without a histogram.</summary>
    public static int Count(string statistic) => statistic switch
    {
        StatisticName.Brightness => BrightnessBins,
        StatisticName.Contrast or StatisticName.Sharpness => LevelBins,
        StatisticName.ImageScore => ScoreBins,
        _ => 0,
    };

    /// <summary>
    /// The bin of a value; one beyond the ends belongs to the bin at that end. Brightness: 2 levels each. Contrast, sharpness: <c>16 log2(1 + value)</c>.
    /// Image score: 0.01 each.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The statistic has no histogram.</exception>
    public static int Index(string statistic, double value)
    {
        var bins = Count(statistic);
        var position = statistic switch
        {
            StatisticName.Brightness => value / BrightnessRange * BrightnessBins,
            StatisticName.Contrast or StatisticName.Sharpness => BinsPerOctave * Math.Log2(1 + Math.Max(0, value)),
            StatisticName.ImageScore => value * ScoreBins,
            _ => throw new ArgumentOutOfRangeException(nameof(statistic), statistic, "Expected a statistic with a histogram."),
        };
        return double.IsNaN(position) ? 0 : (int)Math.Clamp(position, 0, bins - 1);
    }
}
