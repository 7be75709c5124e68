using IMDD.Learning.Onnx.Graph;
using static IMDD.Learning.Onnx.Contrast.ContrastParameters;

namespace IMDD.Learning.Onnx.Contrast;

/// <summary>
/// The contrast model: where does a picture differ from its own neighbourhood by more than this picture usually does? In lightness and two
/// colour differences, at two scales, the difference between a fine and a coarse blur is compared with the differences found over the whole
/// picture: per block the strongest is taken, and a pixel counts as a defect when it exceeds the blocks' upper range. A regular texture
/// sets its own limit that way, and defects, as long as they are in a minority of blocks, do not. It knows nothing of what it looks at.
/// </summary>
internal sealed class ContrastGraph
{
    private const int Channels = 3;

    // Rows: lightness (R + 2G + B) / 4, (R − G) / 2 and (R + G − 2B) / 4, each the mean of 2 × 2 pixels. All are exact in binary.
    private static readonly float[][] ColourWeights =
    [
        [1f / 16, 2f / 16, 1f / 16],
        [1f / 8, -1f / 8, 0],
        [1f / 16, 1f / 16, -2f / 16],
    ];

    private readonly OnnxGraphBuilder _graph = new("contrast");

    public static byte[] Build() => new ContrastGraph().Write();

    private byte[] Write()
    {
        var batch = OnnxDimension.Symbolic("B");
        var image = _graph.Input(
            "image", OnnxElementType.UInt8, [batch, OnnxDimension.Symbolic("H", Stride), OnnxDimension.Symbolic("W", Stride), Channels]);
        var text = _graph.Input("text", OnnxElementType.Float, [OnnxDimension.Symbolic("K"), 1]);
        var colours = Colours(image);
        var coarseGrid = _graph.AveragePool(colours, PoolSize);
        var fine = Difference("fine", _graph.BoxBlur(colours, Blur), coarseGrid);
        var coarse = Difference("coarse", coarseGrid, _graph.AveragePool(coarseGrid, PoolSize));
        var (fineExcess, fineLimit) = Excess("fine", fine, FineBlock);
        var (coarseExcess, coarseLimit) = Excess("coarse", coarse, CoarseBlock);
        OnnxValue strongest;
        using (_graph.Scope("probability"))
        {
            strongest = _graph.Max(_graph.ReduceMax(fineExcess, 1), _graph.UpsampleLinear(_graph.ReduceMax(coarseExcess, 1), PoolSize));
            strongest = _graph.Sigmoid(_graph.Mul(strongest, _graph.Scalar(Steepness)));
        }

        var defect = _graph.Squeeze(strongest, 1);
        Name(defect, text);
        using (_graph.Scope("image_score"))
        {
            _graph.Output("image_score", _graph.Squeeze(_graph.ReduceMax(_graph.BoxBlur(strongest, Blur), 1, 2, 3), 1, 2, 3));
        }

        using (_graph.Scope("embedding"))
        {
            _graph.Output("embedding", Embedding(colours, fine, coarse, fineLimit, coarseLimit));
        }

        _graph.Output("defect", defect);
        return _graph.Build(
            "IMDD.Learning.Onnx",
            "1",
            "Local contrast against a blurred neighbourhood, normalised by the picture itself. Not trained: a start for a line without a model.");
    }

    /// <summary>Lightness and colour differences of 2 × 2 pixels. One convolution over the interleaved row does it without a transpose.</summary>
    private OnnxValue Colours(OnnxValue image)
    {
        using var scope = _graph.Scope("colours");
        var rows = _graph.FlattenFrom(_graph.Cast(image, OnnxElementType.Float), 2, image.Shape[2].Times(Channels));
        float[] weights = [.. ColourWeights.SelectMany(row => Enumerable.Repeat(row, OutputStride * OutputStride).SelectMany(pixel => pixel))];
        const int Across = OutputStride * Channels;
        return _graph.Conv(
            _graph.Unsqueeze(rows, 1), _graph.Constant("weights", weights, Channels, 1, OutputStride, Across), (OutputStride, Across));
    }

    /// <summary>How far each element is from the blurred neighbourhood, which is given on a grid coarser by <see cref="PoolSize"/>.</summary>
    private OnnxValue Difference(string scale, OnnxValue value, OnnxValue neighbourhood)
    {
        using var scope = _graph.Scope(scale);
        return _graph.Abs(_graph.Sub(value, _graph.UpsampleLinear(_graph.BoxBlur(neighbourhood, Blur), PoolSize)));
    }

    /// <summary>Difference over limit, less one: positive where a pixel stands out. The limit is per picture and channel.</summary>
    private (OnnxValue Excess, OnnxValue Limit) Excess(string scale, OnnxValue difference, long block)
    {
        using var scope = _graph.Scope($"{scale}/limit");
        var blocks = _graph.FlattenFrom(_graph.MaxPool(difference, block), 2, OnnxDimension.Symbolic($"N_{scale}"));
        var count = _graph.Gather(_graph.Shape(blocks), _graph.Vector(2), 0);
        var sorted = _graph.TopK(blocks, count, blocks.Shape[2]).Values;
        var middle = Quantile(sorted, count, MiddlePercent);
        var upper = Quantile(sorted, count, UpperPercent);
        var limit = _graph.Add(_graph.Add(middle, _graph.Mul(_graph.Sub(upper, middle), _graph.Scalar(Spread))), _graph.Scalar(FloorLevels));
        return (_graph.Sub(_graph.Div(difference, limit), _graph.Scalar(1)), limit);
    }

    /// <summary>The value that a percentage of the sorted ones exceed, <c>[B, C, 1, 1]</c>.</summary>
    private OnnxValue Quantile(OnnxValue sorted, OnnxValue count, int percent)
    {
        var scaled = _graph.Mul(count, _graph.Constant("percent", new long[] { percent }, 1, 1));
        return _graph.Gather(sorted, _graph.Div(scaled, _graph.Vector(100)), 2);
    }

    /// <summary>
    /// The open-vocabulary head with one direction: every pixel's embedding is the word <c>anomaly</c>, so a row scores what it has in common
    /// with it times the probability.
    /// </summary>
    private void Name(OnnxValue defect, OnnxValue text)
    {
        using var scope = _graph.Scope("name");
        var best = _graph.Cast(_graph.ArgMax(text, 0), OnnxElementType.Int32);
        _graph.Output("class", _graph.ExpandLike(_graph.Unsqueeze(best, 0), defect));
        _graph.Output("class_score", _graph.Mul(defect, _graph.ReduceMax(text, 0, 1)));

        // One class, whatever the number of rows: there is no second best.
        _graph.Output("class_margin", _graph.ExpandLike(_graph.Constant("one", [1f], 1, 1, 1), defect));
    }

    /// <summary>Mean and mean difference per channel and scale, and the limits: what the surface looks like as a whole.</summary>
    private OnnxValue Embedding(OnnxValue colours, OnnxValue fine, OnnxValue coarse, OnnxValue fineLimit, OnnxValue coarseLimit)
    {
        var statistics = _graph.Concat(
            1,
            _graph.ReduceMean(colours, 2, 3),
            _graph.ReduceMean(fine, 2, 3),
            _graph.ReduceMean(coarse, 2, 3),
            fineLimit,
            coarseLimit);
        return _graph.Mul(_graph.Squeeze(statistics, 2, 3), _graph.Scalar(1f / 256));
    }
}
