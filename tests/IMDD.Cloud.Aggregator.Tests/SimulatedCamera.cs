using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;

namespace IMDD.Cloud.Aggregator.Tests;

/// <summary>Windows of a camera whose frames are drawn by a seed: each window's light wobbles a little, as in a plant, and what else changes the test says.</summary>
internal sealed class SimulatedCamera(int seed, int camera = 1)
{
    private const int Embeddings = 32;
    private const int EmbeddingLength = 16;
    public static readonly string Model = ContentDigest.Of("model"u8);

    private readonly Random _random = new(seed);

    /// <summary>Added to the brightness of every frame, levels.</summary>
    public double Light { get; set; }

    /// <summary>Factor on the sharpness of every frame.</summary>
    public double Focus { get; set; } = 1;

    /// <summary>Added to every second element of the embeddings, in standard deviations.</summary>
    public double Texture { get; set; }

    /// <summary>Share of frames that fail.</summary>
    public double Fails { get; set; } = 0.03;

    public StatisticsSketch Sketch(int frames = 200)
    {
        Dictionary<string, long[]> histograms = StatisticBins.Names.ToDictionary(name => name, name => new long[StatisticBins.Count(name)], StringComparer.Ordinal);
        Dictionary<string, long> verdicts = new(StringComparer.Ordinal) { ["pass"] = 0, ["fail"] = 0 };
        Dictionary<string, long> classes = new(StringComparer.Ordinal) { [StatisticsSketch.NoClass] = 0, ["scratch"] = 0, ["stain"] = 0 };
        var wobble = Normal() * 0.4;
        for (var i = 0; i < frames; i++)
        {
            var fails = _random.NextDouble() < Fails;
            Count(StatisticName.Brightness, 110 + Light + wobble + (3 * Normal()));
            Count(StatisticName.Contrast, 18 * Math.Exp(0.08 * Normal()));
            Count(StatisticName.Sharpness, 4 * Focus * Math.Exp(0.1 * Normal()));
            Count(StatisticName.ImageScore, fails ? 0.7 + (0.3 * _random.NextDouble()) : 0.3 * _random.NextDouble() * _random.NextDouble());
            verdicts[fails ? "fail" : "pass"]++;
            classes[!fails ? StatisticsSketch.NoClass : _random.Next(3) == 0 ? "stain" : "scratch"]++;
        }

        return new StatisticsSketch
        {
            Frames = frames,
            BinsVersion = StatisticBins.Version,
            Histograms = histograms.ToDictionary(h => h.Key, h => (IReadOnlyList<long>)h.Value, StringComparer.Ordinal),
            Verdicts = verdicts,
            Classes = classes,
            Embeddings = [.. Enumerable.Range(0, Embeddings).Select(_ => Embedding())],
        };

        void Count(string name, double value) => histograms[name][StatisticBins.Index(name, value)]++;
    }

    /// <summary>The window as an agent would publish it, so many five minutes after noon.</summary>
    public KafkaConsumed Window(int number, StatisticsSketch? reference = null, string? model = null) => WindowOf(number, Sketch(), reference, model);

    public KafkaConsumed WindowOf(int number, StatisticsSketch sketch, StatisticsSketch? reference = null, string? model = null)
    {
        var path = Events.Camera(camera);
        CameraStatistics statistics = new()
        {
            CameraId = path.Camera,
            AssetPath = path.Asset.ToString(),
            WindowStart = StartOf(number),
            WindowEnd = StartOf(number + 1),
            Model = new ModelReference("m", "1", model ?? Model),
            Sketch = sketch,
            Reference = reference,
        };
        return Events.Record(KafkaTopics.CameraStatistics, CameraStatisticsEvent.Create(statistics, Events.Context(path, statistics.WindowEnd)), number, Events.PartitionOf(path));
    }

    public static DateTimeOffset StartOf(int number) => Events.Noon.AddMinutes(5 * number);

    /// <summary>Frames of two kinds, and noise.</summary>
    private double[] Embedding()
    {
        var kind = _random.Next(2) * 0.8;
        var vector = Enumerable.Range(0, EmbeddingLength).Select(i => 1 + (i % 2 == 0 ? kind : Texture) + (0.5 * Normal())).ToArray();
        var length = Math.Sqrt(vector.Sum(x => x * x));
        return [.. vector.Select(x => Math.Round(x / length, 4))];
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
