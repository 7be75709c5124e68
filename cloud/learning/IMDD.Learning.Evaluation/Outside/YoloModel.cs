using System.Diagnostics;
using System.Globalization;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Learning.Evaluation.Instances;
using IMDD.Learning.Evaluation.Models;

namespace IMDD.Learning.Evaluation.Outside;

/// <summary>
/// A YOLOv8 export of Ultralytics, detection or segmentation (docs.ultralytics.com/modes/export). Input <c>[1, 3, H, W]</c>, RGB from 0 to 1,
/// letterboxed. <c>output0 [1, 4 + classes (+ 32), anchors]</c>: centre x, centre y, width, height in input pixels, a probability per class,
/// and for segmentation 32 mask coefficients; <c>output1 [1, 32, H/4, W/4]</c>: the mask prototypes. Each anchor counts with its best class.
/// </summary>
internal sealed class YoloModel : IMeasuredModel
{
    /// <summary>What the adapter expects of a detection export.</summary>
    public const string DetectionSignature = "one output 'output0' float32 [1, 4 + classes, anchors]";

    /// <summary>What the adapter expects of a segmentation export.</summary>
    public const string SegmentationSignature = "outputs 'output0' float32 [1, 4 + classes + 32, anchors] and 'output1' float32 [1, 32, height/4, width/4]";

    private const string Boxes = "output0";
    private const string Prototypes = "output1";
    private const int BoxNumbers = 4;
    private const int DefaultSide = 640;

    // As many as average precision looks at.
    private const int MaxMasks = 100;

    private readonly OnnxModelFile _file;
    private readonly YoloOptions _options;
    private readonly int _coefficients;
    private readonly IReadOnlyList<string> _wanted;
    private readonly (int Width, int Height) _input;

    private YoloModel(OnnxModelFile file, YoloOptions options, bool segments)
    {
        (_file, _options) = (file, options);
        var boxes = Shape(Boxes, rank: 3, segments);
        _coefficients = segments ? Shape(Prototypes, rank: 4, segments)[1] : 0;
        _wanted = segments ? [Boxes, Prototypes] : [Boxes];
        if ((segments && _coefficients < 1) || (!segments && file.Outputs.Count != 1))
        {
            throw Unexpected(segments, "");
        }

        Classes = Names(boxes[1] - BoxNumbers - _coefficients, segments, boxes[2]);
        _input = (file.InputWidth ?? DeclaredSide(1), file.InputHeight ?? DeclaredSide(0));
    }

    /// <inheritdoc/>
    public string Name => $"{Path.GetFileNameWithoutExtension(_file.Path)} (YOLOv8 {(_coefficients > 0 ? "segmentation" : "detection")} export)";

    /// <inheritdoc/>
    public string Digest => _file.Digest;

    /// <inheritdoc/>
    public string? SplitId => null;

    /// <inheritdoc/>
    public double? PixelThreshold => _options.Threshold;

    /// <inheritdoc/>
    public double? ImageThreshold => _options.Threshold;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Takes over the file.</summary>
    /// <exception cref="OutsideModelException">The graph has other outputs than the export's.</exception>
    public static YoloModel Create(OnnxModelFile file, bool segments, YoloOptions options) => new(file, options, segments);

    /// <summary>True when the graph's outputs are named as this exporter names them.</summary>
    public static bool Fits(OnnxModelFile file, bool segments)
        => file.Outputs.Any(o => o.Name == Boxes) && file.Outputs.Any(o => o.Name == Prototypes) == segments;

    /// <inheritdoc/>
    public bool TakesReference => false;

    /// <inheritdoc/>
    public Prediction Predict(RgbImage image, double? pixelThreshold, RgbImage? reference = null)
    {
        Letterbox letterbox = new(image.Width, image.Height, _input.Width, _input.Height);
        using var boxed = letterbox.Apply(image);
        var tensor = PictureTensor.Of(boxed);
        var start = Stopwatch.GetTimestamp();
        var outputs = _file.Run(tensor, _input.Height, _input.Width, _wanted);
        var runtime = Stopwatch.GetElapsedTime(start);
        var detections = Detections(outputs[0]);
        var kept = NonMaximumSuppression.Keep([.. detections.Select(d => (d.Box, d.Class, d.Score))], _options.MaxOverlap, _options.MaxDetections);
        var masks = _coefficients > 0 ? new PrototypeMasks(outputs[1], image.Width, image.Height) : null;
        var threshold = pixelThreshold ?? _options.Threshold;
        List<PredictedInstance> instances = [];
        foreach (var detection in kept.Take(masks is null ? kept.Count : MaxMasks).Select(k => detections[k]))
        {
            var box = letterbox.ToPicture(detection.Box);
            var mask = masks?.Of(Coefficients(outputs[0], detection.Anchor), box);
            instances.Add(new PredictedInstance(Classes[detection.Class], detection.Score, box, mask, detection.Score >= threshold));
        }

        var scores = masks is null ? null : Map(instances, image.Width, image.Height);
        return new Prediction(detections.Count > 0 ? detections.Max(d => d.Score) : 0, scores, pixelThreshold is null ? [] : instances, runtime);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private List<(Box Box, int Class, float Score, int Anchor)> Detections(OnnxValues output)
    {
        var (channels, anchors) = (output.Shape[1], output.Shape[2]);
        if (channels != BoxNumbers + Classes.Count + _coefficients)
        {
            throw new SegmenterException($"Output '{Boxes}' has {channels} rows: expected {BoxNumbers} + {Classes.Count} classes + {_coefficients}.");
        }

        List<(Box, int, float, int)> detections = [];
        var values = output.Values;
        for (var anchor = 0; anchor < anchors; anchor++)
        {
            var best = 0;
            for (var c = 1; c < Classes.Count; c++)
            {
                best = values[(BoxNumbers + c) * anchors + anchor] > values[(BoxNumbers + best) * anchors + anchor] ? c : best;
            }

            var score = values[(BoxNumbers + best) * anchors + anchor];
            if (score > _options.MinConfidence)
            {
                float x = values[anchor], y = values[anchors + anchor], width = values[2 * anchors + anchor], height = values[3 * anchors + anchor];
                detections.Add((new Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2), best, score, anchor));
            }
        }

        return detections;
    }

    private float[] Coefficients(OnnxValues output, int anchor)
    {
        var anchors = output.Shape[2];
        var coefficients = new float[_coefficients];
        for (var i = 0; i < coefficients.Length; i++)
        {
            coefficients[i] = output.Values[(BoxNumbers + Classes.Count + i) * anchors + anchor];
        }

        return coefficients;
    }

    /// <summary>Per pixel the confidence of the surest detection that covers it.</summary>
    private static float[] Map(List<PredictedInstance> instances, int width, int height)
    {
        var scores = new float[width * height];
        foreach (var instance in instances)
        {
            var mask = instance.Mask!;
            for (var row = 0; row < mask.Height; row++)
            {
                var cells = mask.Row(row);
                for (var column = 0; column < cells.Length; column++)
                {
                    ref var score = ref scores[(mask.Y + row) * width + mask.X + column];
                    score = cells[column] ? Math.Max(score, (float)instance.Score) : score;
                }
            }
        }

        return scores;
    }

    private int[] Shape(string name, int rank, bool segments)
        => _file.Outputs.FirstOrDefault(o => o.Name == name) is { IsFloat: true } output && output.Shape.Length == rank && output.Shape[0] <= 1
            ? output.Shape
            : throw Unexpected(segments, "");

    private IReadOnlyList<string> Names(int classes, bool segments, int anchors)
    {
        if (_file.Metadata.TryGetValue("task", out var task) && task != (segments ? "segment" : "detect"))
        {
            throw Unexpected(segments, $" The file says that its task is '{task}'.");
        }

        if (anchors == 6 && classes + BoxNumbers + _coefficients > 6)
        {
            throw Unexpected(segments, " Rows of six look like an export with nms=True; export without it.");
        }

        if (_file.Metadata.TryGetValue("names", out var text))
        {
            var names = UltralyticsNames.Parse(text);
            return classes < 0 || names.Count == classes ? names : throw Unexpected(segments, $" The file names {names.Count} classes, output '{Boxes}' has room for {classes}.");
        }

        return classes > 0
            ? [.. Enumerable.Range(0, classes).Select(c => string.Create(CultureInfo.InvariantCulture, $"class{c}"))]
            : throw Unexpected(segments, " Neither the shape nor the file's 'names' says how many classes there are.");
    }

    /// <summary>Side of the input that the export was made for: <c>imgsz</c> is height and width.</summary>
    private int DeclaredSide(int index)
        => _file.Metadata.TryGetValue("imgsz", out var text)
            && text.Trim(' ', '[', ']', '(', ')').Split(',') is { Length: 2 } sides
            && int.TryParse(sides[index], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var side) && side is > 0 and <= 16384
            ? side
            : DefaultSide;

    private OutsideModelException Unexpected(bool segments, string note)
        => new($"'{_file.Path}' is not a YOLOv8 {(segments ? "segmentation" : "detection")} export: expected {(segments ? SegmentationSignature : DetectionSignature)}; found {_file.Signature()}.{note}");
}
