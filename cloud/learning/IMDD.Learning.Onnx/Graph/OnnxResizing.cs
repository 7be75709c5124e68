namespace IMDD.Learning.Onnx.Graph;

/// <summary>Resizing of the spatial dimensions of <c>[batch, channels, …]</c>.</summary>
public static class OnnxResizing
{
    private const float CubicCoefficient = -0.75f;

    extension(OnnxGraphBuilder graph)
    {
        /// <summary>By a factor per spatial dimension; lengths are floor(length · factor).</summary>
        public OnnxValue ResizeBy(OnnxValue value, IReadOnlyList<double> factors, OnnxResampling resampling)
        {
            Check(value, factors.Count);
            if (factors.Any(factor => factor <= 0))
            {
                throw new OnnxGraphException($"Resize got factors {string.Join(", ", factors)}; expected positive ones.");
            }

            float[] scales = [1, 1, .. factors.Select(factor => (float)factor)];
            OnnxShape shape = [value.Shape[0], value.Shape[1], .. factors.Select((factor, spatial) => Scaled(value, spatial + 2, factor))];
            return graph.Node(
                "Resize", [value, null, graph.Constant("scales", scales, scales.Length)], value.Type, shape, Attributes(resampling));
        }

        /// <summary>To known lengths of the spatial dimensions.</summary>
        public OnnxValue ResizeTo(OnnxValue value, IReadOnlyList<long> lengths, OnnxResampling resampling)
        {
            Check(value, lengths.Count);
            OnnxShape shape = [value.Shape[0], value.Shape[1], .. lengths.Select(OnnxDimension.Of)];
            return graph.ResizeTo(value, graph.Vector([.. lengths]), shape, resampling);
        }

        /// <summary>To the lengths of another value's spatial dimensions, whatever they turn out to be.</summary>
        public OnnxValue ResizeLike(OnnxValue value, OnnxValue like, OnnxResampling resampling)
        {
            Check(value, like.Shape.Rank - 2);
            if (like.Shape.Skip(2).All(dimension => dimension.Value is not null))
            {
                return graph.ResizeTo(value, [.. like.Shape.Skip(2).Select(dimension => dimension.Value!.Value)], resampling);
            }

            OnnxShape shape = [value.Shape[0], value.Shape[1], .. like.Shape.Skip(2)];
            return graph.ResizeTo(value, graph.Slice(graph.Shape(like), 0, 2, like.Shape.Rank), shape, resampling);
        }

        private OnnxValue ResizeTo(OnnxValue value, OnnxValue lengths, OnnxShape shape, OnnxResampling resampling)
        {
            // Sizes and not scales: a scale in single precision may miss the length by one.
            var sizes = graph.Concat(0, graph.Slice(graph.Shape(value), 0, 0, 2), lengths);
            return graph.Node("Resize", [value, null, null, sizes], value.Type, shape, Attributes(resampling));
        }
    }

    private static void Check(OnnxValue value, int spatial)
    {
        OnnxCheck.IsFloat("Resize", value);
        if (spatial < 1 || value.Shape.Rank != spatial + 2)
        {
            throw new OnnxGraphException($"Resize got {value} and {spatial} lengths; expected one per spatial dimension of [B, C, …].");
        }
    }

    private static OnnxDimension Scaled(OnnxValue value, int axis, double factor)
    {
        var length = value.Shape[axis];
        if (length.Value is { } known)
        {
            return (long)Math.Floor(known * factor);
        }

        if (double.IsInteger(factor))
        {
            return length.Times((long)factor);
        }

        // A half, a third: one over a whole number.
        return double.IsInteger(1 / factor)
            ? length.FloorDividedBy((long)(1 / factor))
            : throw new OnnxGraphException($"Resize by {factor} got {value}; expected a whole factor, or one over it, where the length is {length}.");
    }

    private static OnnxAttribute[] Attributes(OnnxResampling resampling) => resampling switch
    {
        OnnxResampling.Nearest => [Mode("nearest"), Coordinates("asymmetric"), OnnxAttribute.Text("nearest_mode", "floor")],

        // The coordinate is (x + ½)·scale − ½; what is nearest to it, halves up, is floor((x + ½)·scale).
        OnnxResampling.NearestExact => [Mode("nearest"), Coordinates("half_pixel"), OnnxAttribute.Text("nearest_mode", "round_prefer_ceil")],
        OnnxResampling.Linear => [Mode("linear"), Coordinates("half_pixel")],
        OnnxResampling.LinearAlignedCorners => [Mode("linear"), Coordinates("align_corners")],
        OnnxResampling.Cubic => [Mode("cubic"), Coordinates("half_pixel"), OnnxAttribute.Float("cubic_coeff_a", CubicCoefficient)],
        OnnxResampling.CubicAlignedCorners => [Mode("cubic"), Coordinates("align_corners"), OnnxAttribute.Float("cubic_coeff_a", CubicCoefficient)],
        _ => throw new OnnxGraphException($"Resampling {resampling} is not known."),
    };

    private static OnnxAttribute Mode(string mode) => OnnxAttribute.Text("mode", mode);

    private static OnnxAttribute Coordinates(string transformation) => OnnxAttribute.Text("coordinate_transformation_mode", transformation);
}
