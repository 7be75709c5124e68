namespace IMDD.Learning.Onnx.Graph;

/// <summary>Convolutions over <c>[batch, channels, length]</c> or <c>[batch, channels, height, width]</c>.</summary>
public static class OnnxConvolution
{
    extension(OnnxGraphBuilder graph)
    {
        /// <summary>Cross-correlation, as every framework calls convolution.</summary>
        /// <param name="value"><c>[B, C, …]</c>.</param>
        /// <param name="weights"><c>[M, C / groups, kernel…]</c>.</param>
        /// <param name="bias"><c>[M]</c>, or none.</param>
        /// <param name="window">Its kernel is the weights'.</param>
        /// <param name="groups">Groups of channels that do not mix.</param>
        public OnnxValue Conv(OnnxValue value, OnnxValue weights, OnnxValue? bias, OnnxWindow window, long groups = 1)
        {
            var (channels, outputs) = Check("Conv", value, weights, window);
            if (channels % groups != 0 || outputs % groups != 0)
            {
                throw new OnnxGraphException($"Conv got {value} and weights {weights.Shape}; expected multiples of {groups} groups.");
            }

            OnnxCheck.HasShape($"Conv of {value}", "weights", weights, [outputs, channels / groups, .. window.Kernel.Select(OnnxDimension.Of)]);
            CheckBias("Conv", value, bias, outputs);
            OnnxShape shape = [value.Shape[0], outputs, .. Enumerable.Range(0, window.Rank).Select(spatial => window.Places("Conv", value, spatial))];
            return graph.Node("Conv", [value, weights, .. Optional(bias)], value.Type, shape, [.. window.Attributes(), OnnxAttribute.Int("group", groups)]);
        }

        /// <summary>The gradient of a convolution with regard to its input: length (L − 1)·stride − pads + reach + outputPadding.</summary>
        /// <param name="value"><c>[B, C, …]</c>.</param>
        /// <param name="weights"><c>[C, M / groups, kernel…]</c>.</param>
        /// <param name="bias"><c>[M]</c>, or none.</param>
        /// <param name="window">Its kernel is the weights'.</param>
        /// <param name="outputPadding">Elements added after the end, one number per spatial dimension.</param>
        /// <param name="groups">Groups of channels that do not mix.</param>
        public OnnxValue ConvTranspose(
            OnnxValue value, OnnxValue weights, OnnxValue? bias, OnnxWindow window, IReadOnlyList<long> outputPadding, long groups = 1)
        {
            var (channels, _) = Check("ConvTranspose", value, weights, window);
            var outputs = OnnxCheck.Known("ConvTranspose", weights, 1) * groups;
            OnnxCheck.HasShape($"ConvTranspose of {value}", "weights", weights, [channels, outputs / groups, .. window.Kernel.Select(OnnxDimension.Of)]);
            CheckBias("ConvTranspose", value, bias, outputs);
            var spatial = Enumerable.Range(0, window.Rank).Select(axis => value.Shape[axis + 2].Times(window.Strides[axis]).Plus(
                (window.Dilations[axis] * (window.Kernel[axis] - 1)) + 1 + outputPadding[axis]
                - window.Strides[axis] - window.PadsBefore[axis] - window.PadsAfter[axis]));
            return graph.Node(
                "ConvTranspose",
                [value, weights, .. Optional(bias)],
                value.Type,
                [value.Shape[0], outputs, .. spatial],
                [.. window.Attributes(), OnnxAttribute.Int("group", groups), OnnxAttribute.Ints("output_padding", [.. outputPadding])]);
        }
    }

    internal static OnnxValue?[] Optional(OnnxValue? value) => value is null ? [] : [value];

    internal static void CheckBias(string op, OnnxValue value, OnnxValue? bias, long outputs)
    {
        if (bias is not null)
        {
            OnnxCheck.SameType(op, value, bias);
            OnnxCheck.HasShape(op, "bias", bias, outputs);
        }
    }

    private static (long Channels, long Outputs) Check(string op, OnnxValue value, OnnxValue weights, OnnxWindow window)
    {
        window.Check(op, value);
        OnnxCheck.SameType(op, value, weights);
        OnnxCheck.HasRank(op, weights, window.Rank + 2);
        return (OnnxCheck.Known(op, value, 1), OnnxCheck.Known(op, weights, 0));
    }
}
