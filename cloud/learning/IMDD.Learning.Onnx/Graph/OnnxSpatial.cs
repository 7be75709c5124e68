namespace IMDD.Learning.Onnx.Graph;

/// <summary>Operators over the last two dimensions of <c>[batch, channels, height, width]</c>.</summary>
public static class OnnxSpatial
{
    private const int Rank = 4;

    extension(OnnxGraphBuilder graph)
    {
        /// <summary>Convolution without padding.</summary>
        /// <param name="value"><c>[B, C, H, W]</c>.</param>
        /// <param name="weights"><c>[M, C, kH, kW]</c>.</param>
        /// <param name="strides">Step down and across; H and W are multiples of it and the kernel is no larger.</param>
        public OnnxValue Conv(OnnxValue value, OnnxValue weights, (long Down, long Across) strides)
        {
            OnnxCheck.IsFloat("Conv", value);
            OnnxCheck.HasRank("Conv", value, Rank);
            OnnxCheck.HasRank("Conv", weights, Rank);
            if (weights.Shape[1] != value.Shape[1] || weights.Shape[2] != strides.Down || weights.Shape[3] != strides.Across)
            {
                throw new OnnxGraphException(
                    $"Conv got {value} and weights {weights.Shape}; expected {value.Shape[1]} channels and a kernel of the stride's size.");
            }

            OnnxShape shape = [value.Shape[0], weights.Shape[0], value.Shape[2].DividedBy(strides.Down), value.Shape[3].DividedBy(strides.Across)];
            return graph.Node(
                "Conv",
                [value, weights],
                value.Type,
                shape,
                OnnxAttribute.Ints("kernel_shape", strides.Down, strides.Across),
                OnnxAttribute.Ints("strides", strides.Down, strides.Across));
        }

        /// <summary>Mean of squares of <paramref name="size"/>, side by side.</summary>
        public OnnxValue AveragePool(OnnxValue value, long size) => graph.Pool("AveragePool", value, size);

        /// <summary>Largest of squares of <paramref name="size"/>, side by side.</summary>
        public OnnxValue MaxPool(OnnxValue value, long size) => graph.Pool("MaxPool", value, size);

        /// <summary>Largest element under a window; padding never is.</summary>
        /// <param name="value"><c>[B, C, …]</c>.</param>
        /// <param name="window">How it moves.</param>
        /// <param name="roundUp">A last place may reach beyond the end, PyTorch's <c>ceil_mode</c>.</param>
        public OnnxValue MaxPool(OnnxValue value, OnnxWindow window, bool roundUp = false)
            => graph.Node("MaxPool", [value], value.Type, Places("MaxPool", value, window, roundUp), [.. window.Attributes(), RoundUp(roundUp)]);

        /// <summary>Mean of the elements under a window.</summary>
        /// <param name="value"><c>[B, C, …]</c>.</param>
        /// <param name="window">How it moves; not dilated.</param>
        /// <param name="countPadding">Padding counts as zeros.</param>
        /// <param name="roundUp">A last place may reach beyond the end, PyTorch's <c>ceil_mode</c>.</param>
        public OnnxValue AveragePool(OnnxValue value, OnnxWindow window, bool countPadding, bool roundUp = false)
        {
            var shape = Places("AveragePool", value, window, roundUp);
            if (window.Dilations.Any(dilation => dilation != 1))
            {
                throw new OnnxGraphException($"AveragePool got the window {window}; expected no dilation.");
            }

            if (countPadding && roundUp)
            {
                // What a last place has beyond the padding does not count; kernels that count padding, such as that of bytes, count it too.
                (value, window, countPadding) = (graph.Padded(value, window, shape), OnnxWindow.Of(window.Kernel, window.Strides), false);
            }

            return graph.Node(
                "AveragePool",
                [value],
                value.Type,
                shape,
                [.. window.Attributes(dilations: false), OnnxAttribute.Int("count_include_pad", countPadding ? 1 : 0), RoundUp(roundUp)]);
        }

        /// <summary>Mean over all spatial dimensions of <c>[B, C, …]</c>, which stay with length 1.</summary>
        public OnnxValue GlobalAveragePool(OnnxValue value)
        {
            OnnxCheck.IsFloat("GlobalAveragePool", value);
            return value.Shape.Rank >= 3
                ? graph.Node(
                    "GlobalAveragePool", [value], value.Type, [value.Shape[0], value.Shape[1], .. Enumerable.Repeat(OnnxDimension.Of(1), value.Shape.Rank - 2)])
                : throw new OnnxGraphException($"GlobalAveragePool got {value}; expected [B, C, …].");
        }

        /// <summary>Mean of the square of odd <paramref name="size"/> around every element, of what of it lies within.</summary>
        public OnnxValue BoxBlur(OnnxValue value, long size)
        {
            OnnxCheck.IsFloat("AveragePool", value);
            OnnxCheck.HasRank("AveragePool", value, Rank);
            if (size < 1 || size % 2 == 0)
            {
                throw new OnnxGraphException($"A blur of {size} has no centre; expected an odd number.");
            }

            var pad = size / 2;
            return graph.Node(
                "AveragePool",
                [value],
                value.Type,
                value.Shape,
                OnnxAttribute.Ints("kernel_shape", size, size),
                OnnxAttribute.Ints("strides", 1, 1),
                OnnxAttribute.Ints("pads", pad, pad, pad, pad),
                OnnxAttribute.Int("count_include_pad", 0));
        }

        /// <summary>Larger by a whole factor, bilinear between the centres of the elements, the edge repeated.</summary>
        public OnnxValue UpsampleLinear(OnnxValue value, long factor)
        {
            OnnxCheck.IsFloat("Resize", value);
            OnnxCheck.HasRank("Resize", value, Rank);
            var scales = graph.Constant("scales", [1f, 1f, factor, factor], Rank);
            var noRegion = graph.Constant("roi", ReadOnlySpan<float>.Empty, 0);
            return graph.Node(
                "Resize",
                [value, noRegion, scales],
                value.Type,
                value.Shape.With(2, value.Shape[2].Times(factor)).With(3, value.Shape[3].Times(factor)),
                OnnxAttribute.Text("mode", "linear"),
                OnnxAttribute.Text("coordinate_transformation_mode", "half_pixel"));
        }

        /// <summary>A window's padding as zeros of the value's own, without what only a place that is dropped would see.</summary>
        private OnnxValue Padded(OnnxValue value, OnnxWindow window, OnnxShape places)
        {
            return window.PadsBefore.Concat(window.PadsAfter).All(pad => pad == 0)
                ? value
                : graph.Pad(value, [(0, 0), (0, 0), .. Enumerable.Range(0, window.Rank).Select(spatial => (window.PadsBefore[spatial], After(spatial)))]);

            long After(int spatial)
            {
                var axis = spatial + 2;
                var pad = window.PadsAfter[spatial];
                return value.Shape[axis].Value is { } length && places[axis].Value is { } count
                    ? Math.Min(pad, ((count - 1) * window.Strides[spatial]) + window.Kernel[spatial] - length - window.PadsBefore[spatial])
                    : pad;
            }
        }

        private OnnxValue Pool(string op, OnnxValue value, long size)
        {
            OnnxCheck.IsFloat(op, value);
            OnnxCheck.HasRank(op, value, Rank);
            var shape = value.Shape.With(2, value.Shape[2].DividedBy(size)).With(3, value.Shape[3].DividedBy(size));
            return graph.Node(op, [value], value.Type, shape, OnnxAttribute.Ints("kernel_shape", size, size), OnnxAttribute.Ints("strides", size, size));
        }
    }

    private static OnnxShape Places(string op, OnnxValue value, OnnxWindow window, bool roundUp)
    {
        window.Check(op, value);
        return
        [
            value.Shape[0],
            value.Shape[1],
            .. Enumerable.Range(0, window.Rank).Select(spatial => roundUp ? window.PlacesBeyond(op, value, spatial) : window.Places(op, value, spatial)),
        ];
    }

    private static OnnxAttribute RoundUp(bool roundUp) => OnnxAttribute.Int("ceil_mode", roundUp ? 1 : 0);
}
