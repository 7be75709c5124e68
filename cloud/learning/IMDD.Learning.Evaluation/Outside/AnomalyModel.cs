using System.Diagnostics;
using IMDD.Imaging;
using IMDD.Learning.Evaluation.Instances;
using IMDD.Learning.Evaluation.Models;

namespace IMDD.Learning.Evaluation.Outside;

/// <summary>
/// An anomalib export (github.com/open-edge-platform/anomalib, <c>ExportMixin.to_onnx</c>). Input <c>input [1, 3, height, width]</c>, RGB from 0
/// to 1; resizing and normalisation of colours are in the graph. Version 2 names its outputs <c>pred_score</c>, <c>anomaly_map</c>,
/// <c>pred_label</c>, <c>pred_mask</c>, normalised so that the threshold is 0.5. Version 1 names its first output <c>output</c>: the raw anomaly
/// map; PatchCore adds the picture's score, EfficientAD the maps of its two halves.
/// </summary>
internal sealed class AnomalyModel : IMeasuredModel
{
    /// <summary>What the adapter expects.</summary>
    public const string Signature = "outputs 'pred_score' float32 [1] and 'anomaly_map' float32 [1, 1, height, width] (anomalib 2), or a first output 'output' float32 [1, 1, height, width] (anomalib 1)";

    private const string ClassName = "anomaly";
    private const string Score = "pred_score";
    private const string Map = "anomaly_map";
    private const string FirstOfVersion1 = "output";
    private const double NormalisedThreshold = 0.5;
    private const long MinAreaPx = 4;
    private const int MaxInstances = 100;

    private readonly OnnxModelFile _file;
    private readonly OutsideFormat _format;
    private readonly bool _isVersion2;
    private readonly string? _map;
    private readonly string? _score;
    private readonly AnomalibMetadata _metadata;

    private AnomalyModel(OnnxModelFile file, OutsideFormat format)
    {
        (_file, _format) = (file, format);
        _isVersion2 = file.Outputs.Any(o => o.Name is Score or Map);
        _metadata = _isVersion2 ? new AnomalibMetadata(null, null) : AnomalibMetadata.Beside(file.Path);
        if (_isVersion2)
        {
            (_map, _score) = (Named(Map), Named(Score));

            // Without thresholds in the graph nothing says that the scores were normalised either.
            PixelThreshold = ImageThreshold = file.Outputs.Any(o => o.Name is "pred_label" or "pred_mask") ? NormalisedThreshold : null;
        }
        else
        {
            (_map, _score) = Version1(file.Outputs);
            PixelThreshold = _metadata.Pixel is null ? null : NormalisedThreshold;
            ImageThreshold = _metadata.Image is null ? null : NormalisedThreshold;
        }
    }

    /// <inheritdoc/>
    public string Name => $"{Path.GetFileNameWithoutExtension(_file.Path)} (anomalib {(_isVersion2 ? 2 : 1)} export{(_format == OutsideFormat.Auto ? "" : $", {_format}")})";

    /// <inheritdoc/>
    public string Digest => _file.Digest;

    /// <inheritdoc/>
    public string? SplitId => null;

    /// <inheritdoc/>
    public double? PixelThreshold { get; }

    /// <inheritdoc/>
    public double? ImageThreshold { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; } = [ClassName];

    /// <summary>Takes over the file.</summary>
    /// <exception cref="OutsideModelException">The graph has other outputs than the export's.</exception>
    public static AnomalyModel Create(OnnxModelFile file, OutsideFormat format) => new(file, format);

    /// <summary>True when the graph's outputs are named as this exporter names them.</summary>
    public static bool Fits(OnnxModelFile file) => file.Outputs.Any(o => o.Name is Score or Map) || file.Outputs[0].Name == FirstOfVersion1;

    /// <inheritdoc/>
    public bool TakesReference => false;

    /// <inheritdoc/>
    public Prediction Predict(RgbImage image, double? pixelThreshold, RgbImage? reference = null)
    {
        var (width, height) = (_file.InputWidth ?? image.Width, _file.InputHeight ?? image.Height);
        using var resized = width == image.Width && height == image.Height ? null : ImageResizer.Resize(image, width, height);
        var tensor = PictureTensor.Of(resized ?? image);
        var start = Stopwatch.GetTimestamp();
        List<string> wanted = [.. new[] { _map, _score }.OfType<string>()];
        var outputs = _file.Run(tensor, height, width, wanted);
        var runtime = Stopwatch.GetElapsedTime(start);
        var map = _map is null ? null : outputs[0];
        var raw = _score is null ? map!.Values.Max() : outputs[^1].Values[0];
        var score = _metadata.Image?.Normalise(raw) ?? raw;
        if (map is null)
        {
            return new Prediction(score, null, [], runtime);
        }

        var values = _metadata.Pixel is { } range ? Array.ConvertAll(map.Values, range.Normalise) : map.Values;
        var scores = ScoreMap.Resize(values, map.Shape[^1], map.Shape[^2], image.Width, image.Height);
        return new Prediction(score, scores, pixelThreshold is { } threshold ? Instances(scores, image.Width, image.Height, threshold) : [], runtime);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static List<PredictedInstance> Instances(float[] scores, int width, int height, double threshold)
        =>
        [
            .. Instances(scores, width, height, threshold, isDecisive: true),
            .. FaintLevels.Under(threshold).SelectMany(level => Instances(scores, width, height, level.From, isDecisive: false).Where(i => i.Score < level.Below)),
        ];

    private static IEnumerable<PredictedInstance> Instances(float[] scores, int width, int height, double from, bool isDecisive)
        => InstanceMask.Components(Array.ConvertAll(scores, s => s >= from), width, height)
            .Where(m => m.Area >= MinAreaPx)
            .Select(m => new PredictedInstance(ClassName, Highest(m, scores, width), m.Bounds(), m, isDecisive))
            .OrderByDescending(i => i.Score)
            .Take(MaxInstances);

    private static double Highest(InstanceMask mask, float[] scores, int width)
    {
        var highest = float.MinValue;
        for (var row = 0; row < mask.Height; row++)
        {
            var cells = mask.Row(row);
            for (var column = 0; column < cells.Length; column++)
            {
                highest = cells[column] ? Math.Max(highest, scores[(mask.Y + row) * width + mask.X + column]) : highest;
            }
        }

        return highest;
    }

    private string? Named(string name)
        => _file.Outputs.FirstOrDefault(o => o.Name == name) is not { } output ? null
            : output.IsFloat && (name == Map ? IsMap(output) : IsScore(output)) ? name
            : throw Unexpected();

    private (string Map, string? Score) Version1(IReadOnlyList<OnnxOutput> outputs)
    {
        if (outputs[0].Name != FirstOfVersion1 || !outputs.All(o => o.IsFloat) || !IsMap(outputs[0]))
        {
            throw Unexpected();
        }

        var others = outputs.Skip(1).ToList();
        var score = others.Find(IsScore);
        var fits = _format switch
        {
            OutsideFormat.PatchCore => others.Count == 1 && score is not null,
            OutsideFormat.EfficientAd => others.All(IsMap),
            OutsideFormat.Padim => others.Count == 0 || (others.Count == 1 && score is not null),
            _ => true,
        };
        return fits ? (outputs[0].Name, score?.Name) : throw Unexpected();
    }

    private static bool IsMap(OnnxOutput output) => output.Shape.Length is 3 or 4 && output.Shape[0] <= 1 && (output.Shape.Length == 3 || output.Shape[1] is 1 or -1);

    private static bool IsScore(OnnxOutput output) => output.Shape.Length <= 2 && output.Shape.All(d => d <= 1);

    private OutsideModelException Unexpected()
        => new($"'{_file.Path}' is not an anomalib export{(_format == OutsideFormat.Auto ? "" : $" of {_format}")}: expected {Signature}"
            + $"{(_format == OutsideFormat.PatchCore ? ", and in version 1 one more output for the picture's score" : "")}; found {_file.Signature()}.");
}
