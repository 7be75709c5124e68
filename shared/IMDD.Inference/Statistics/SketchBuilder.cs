using IMDD.Contracts.Events;

namespace IMDD.Inference.Statistics;

/// <summary>Counts frames into a <see cref="StatisticsSketch"/>. Not for use by two threads at once.</summary>
/// <param name="maxEmbeddings">Embeddings to keep, at most <see cref="StatisticsSketch.MaxEmbeddings"/>.</param>
/// <param name="seed">Of the draw of embeddings.</param>
public sealed class SketchBuilder(int maxEmbeddings, int seed)
{
    private readonly long[] _brightness = new long[StatisticBins.Count(StatisticName.Brightness)];
    private readonly long[] _contrast = new long[StatisticBins.Count(StatisticName.Contrast)];
    private readonly long[] _sharpness = new long[StatisticBins.Count(StatisticName.Sharpness)];
    private readonly long[] _score = new long[StatisticBins.Count(StatisticName.ImageScore)];
    private readonly Dictionary<string, long> _verdicts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _classes = new(StringComparer.Ordinal);
    private readonly List<double[]> _embeddings = [];
    private readonly Random _random = new(seed);
    private long _embeddingsSeen;

    /// <summary>Frames so far.</summary>
    public long Frames { get; private set; }

    /// <summary>A frame's look, and its embedding as it came, of the same length for all frames; empty: none.</summary>
    public void Add(FrameMeasures measures, ReadOnlySpan<float> embedding)
    {
        Frames++;
        _brightness[StatisticBins.Index(StatisticName.Brightness, measures.Brightness)]++;
        _contrast[StatisticBins.Index(StatisticName.Contrast, measures.Contrast)]++;
        _sharpness[StatisticBins.Index(StatisticName.Sharpness, measures.Sharpness)]++;
        Draw(embedding);
    }

    /// <summary>What was decided of the frame added last.</summary>
    /// <param name="imageScore">0 to 1; null: none.</param>
    /// <param name="verdict">Its name.</param>
    /// <param name="worstClass">Class of the worst region; null: there is none.</param>
    public void Decided(double? imageScore, string verdict, string? worstClass)
    {
        if (imageScore is { } score)
        {
            _score[StatisticBins.Index(StatisticName.ImageScore, score)]++;
        }

        Count(_verdicts, verdict);
        Count(_classes, worstClass ?? StatisticsSketch.NoClass);
    }

    /// <summary>What was counted; later frames do not change it.</summary>
    public StatisticsSketch Build()
    {
        Dictionary<string, IReadOnlyList<long>> histograms = new(StringComparer.Ordinal)
        {
            [StatisticName.Brightness] = [.. _brightness],
            [StatisticName.Contrast] = [.. _contrast],
            [StatisticName.Sharpness] = [.. _sharpness],
        };
        if (Array.Exists(_score, count => count > 0))
        {
            histograms[StatisticName.ImageScore] = [.. _score];
        }

        return new StatisticsSketch
        {
            Frames = Frames,
            BinsVersion = StatisticBins.Version,
            Histograms = histograms,
            Verdicts = new Dictionary<string, long>(_verdicts, StringComparer.Ordinal),
            Classes = new Dictionary<string, long>(_classes, StringComparer.Ordinal),
            Embeddings = [.. _embeddings],
        };
    }

    /// <summary>Vitter's algorithm R: each embedding seen is kept with the same probability.</summary>
    private void Draw(ReadOnlySpan<float> embedding)
    {
        var room = embedding.IsEmpty ? 0 : Math.Min(Math.Min(maxEmbeddings, StatisticsSketch.MaxEmbeddings), StatisticsSketch.MaxEmbeddingNumbers / embedding.Length);
        if (room == 0 || (_embeddings.Count > 0 && _embeddings[0].Length != embedding.Length))
        {
            return;
        }

        var place = _random.NextInt64(++_embeddingsSeen);
        if (_embeddings.Count >= room && place >= room)
        {
            return;
        }

        if (UnitVector(embedding) is not { } unit)
        {
            _embeddingsSeen--;
        }
        else if (_embeddings.Count < room)
        {
            _embeddings.Add(unit);
        }
        else
        {
            _embeddings[(int)place] = unit;
        }
    }

    private static void Count(Dictionary<string, long> counts, string name)
    {
        name = counts.Count < StatisticsSketch.MaxNames || counts.ContainsKey(name) ? name : StatisticsSketch.OtherName;
        counts[name] = counts.GetValueOrDefault(name) + 1;
    }

    /// <summary>The direction, to four places; null where there is none.</summary>
    private static double[]? UnitVector(ReadOnlySpan<float> embedding)
    {
        double squares = 0;
        foreach (var element in embedding)
        {
            squares += (double)element * element;
        }

        var length = Math.Sqrt(squares);
        if (!(length > 0) || !double.IsFinite(length))
        {
            return null;
        }

        var unit = new double[embedding.Length];
        for (var i = 0; i < unit.Length; i++)
        {
            unit[i] = Math.Round(embedding[i] / length, 4);
        }

        return unit;
    }
}
