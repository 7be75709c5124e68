namespace IMDD.Learning.Training.Runs;

/// <summary>IoU of pixels at evenly spaced thresholds of their probability.</summary>
internal sealed class IouCurve
{
    /// <summary>How many thresholds there are.</summary>
    public const int Thresholds = 1000;

    private readonly long[] _defective = new long[Thresholds + 1];
    private readonly long[] _good = new long[Thresholds + 1];

    /// <summary>True once a pixel is defective.</summary>
    public bool HasDefects { get; private set; }

    /// <summary>A threshold's value: pixels from it on count as defective.</summary>
    public static double ThresholdOf(int index) => (double)index / Thresholds;

    /// <summary>Counts a picture's pixels.</summary>
    /// <param name="map">Probabilities.</param>
    /// <param name="mask">Non-zero where defective; null: nowhere.</param>
    public void Add(ReadOnlySpan<float> map, byte[]? mask)
    {
        for (var i = 0; i < map.Length; i++)
        {
            var bin = (int)(Math.Clamp(map[i], 0, 1) * Thresholds);
            if (mask is not null && mask[i] != 0)
            {
                _defective[bin]++;
                HasDefects = true;
            }
            else
            {
                _good[bin]++;
            }
        }
    }

    /// <summary>IoU at each threshold.</summary>
    public double[] Ious()
    {
        var ious = new double[Thresholds];
        long found = _defective[Thresholds], wrong = _good[Thresholds], all = _defective.Sum();
        for (var t = Thresholds - 1; t >= 0; t--)
        {
            found += _defective[t];
            wrong += _good[t];
            ious[t] = (double)found / (all + wrong);
        }

        return ious;
    }
}
