namespace IMDD.Learning.Onnx.Graph;

/// <summary>Normalisations, as they compute when a trained network is used.</summary>
public static class OnnxNormalization
{
    extension(OnnxGraphBuilder graph)
    {
        /// <summary>Channels of <c>[B, C, …]</c> with fixed mean and variance, each <c>[C]</c>.</summary>
        public OnnxValue BatchNormalization(OnnxValue value, OnnxValue scale, OnnxValue bias, OnnxValue mean, OnnxValue variance, float epsilon)
        {
            OnnxCheck.IsFloat("BatchNormalization", value);
            foreach (var (what, parameter) in new[] { ("scale", scale), ("bias", bias), ("mean", mean), ("variance", variance) })
            {
                OnnxCheck.SameType("BatchNormalization", value, parameter);
                OnnxCheck.HasShape("BatchNormalization", what, parameter, Channels("BatchNormalization", value));
            }

            return graph.Node(
                "BatchNormalization", [value, scale, bias, mean, variance], value.Type, value.Shape, OnnxAttribute.Float("epsilon", epsilon));
        }

        /// <summary>Every channel of every picture of <c>[B, C, …]</c> by its own mean and variance.</summary>
        public OnnxValue InstanceNormalization(OnnxValue value, OnnxValue scale, OnnxValue bias, float epsilon)
        {
            OnnxCheck.IsFloat("InstanceNormalization", value);
            OnnxCheck.SameType("InstanceNormalization", value, scale);
            OnnxCheck.SameType("InstanceNormalization", value, bias);
            OnnxCheck.HasShape("InstanceNormalization", "scale", scale, Channels("InstanceNormalization", value));
            OnnxCheck.HasShape("InstanceNormalization", "bias", bias, Channels("InstanceNormalization", value));
            return value.Shape.Rank >= 3
                ? graph.Node("InstanceNormalization", [value, scale, bias], value.Type, value.Shape, OnnxAttribute.Float("epsilon", epsilon))
                : throw new OnnxGraphException($"InstanceNormalization got {value}; expected [B, C, …].");
        }

        /// <summary>
        /// Groups of channels of <c>[B, C, …]</c> by their own mean and variance (Wu and He 2018), written as an instance normalisation of the
        /// groups: GroupNormalization of operator set 18 scales per group, and that of 21 has no kernel on CPU or CUDA.
        /// </summary>
        /// <param name="value"><c>[B, C, …]</c> of three dimensions or more.</param>
        /// <param name="groups">Divides C.</param>
        /// <param name="scale"><c>[C]</c>, or none.</param>
        /// <param name="bias"><c>[C]</c>, or none.</param>
        /// <param name="epsilon">Added to the variance.</param>
        public OnnxValue GroupNormalization(OnnxValue value, long groups, OnnxValue? scale, OnnxValue? bias, float epsilon)
        {
            OnnxCheck.IsFloat("GroupNormalization", value);
            var channels = OnnxCheck.Known("GroupNormalization", value, 1);
            if (value.Shape.Rank < 3 || channels % groups != 0)
            {
                throw new OnnxGraphException($"GroupNormalization got {value}; expected [B, C, …] with C a multiple of {groups} groups.");
            }

            OnnxConvolution.CheckBias("GroupNormalization", value, scale, channels);
            OnnxConvolution.CheckBias("GroupNormalization", value, bias, channels);
            var perGroup = value.Shape.Skip(2).Aggregate(OnnxDimension.Of(channels / groups), (product, dimension) => product.Times(dimension));
            var grouped = graph.Reshape(value, [value.Shape[0], groups, perGroup]);
            var ones = graph.Constant("ones", Enumerable.Repeat(1f, (int)groups).ToArray(), groups);
            var zeros = graph.Constant("zeros", new float[groups], groups);
            var normal = graph.ReshapeLike(graph.InstanceNormalization(grouped, ones, zeros, epsilon), value);
            var scaled = scale is null ? normal : graph.Mul(normal, graph.PerChannel(scale, value.Shape.Rank));
            return bias is null ? scaled : graph.Add(scaled, graph.PerChannel(bias, value.Shape.Rank));
        }

        /// <summary>The last dimensions, as many as the scale has, by their own mean and variance.</summary>
        /// <param name="value">Floats.</param>
        /// <param name="scale">Of the shape of the last dimensions.</param>
        /// <param name="bias">The same shape, or none.</param>
        /// <param name="epsilon">Added to the variance.</param>
        public OnnxValue LayerNormalization(OnnxValue value, OnnxValue scale, OnnxValue? bias, float epsilon)
        {
            OnnxCheck.IsFloat("LayerNormalization", value);
            OnnxCheck.SameType("LayerNormalization", value, scale);
            OnnxCheck.SameType("LayerNormalization", value, bias ?? scale);
            var axis = value.Shape.Rank - scale.Shape.Rank;
            if (axis < 0 || !value.Shape.Skip(axis).SequenceEqual(scale.Shape))
            {
                throw new OnnxGraphException($"LayerNormalization got {value} and scale {scale.Shape}; expected the last dimensions of the value.");
            }

            return graph.Node(
                "LayerNormalization",
                [value, scale, .. OnnxConvolution.Optional(bias)],
                value.Type,
                value.Shape,
                OnnxAttribute.Int("axis", axis - value.Shape.Rank),
                OnnxAttribute.Float("epsilon", epsilon));
        }

        /// <summary><c>[C]</c> as <c>[1, C, 1, …]</c>, so that it broadcasts over <c>[B, C, …]</c>.</summary>
        public OnnxValue PerChannel(OnnxValue parameter, int rank)
        {
            OnnxCheck.HasRank("PerChannel", parameter, 1);
            return graph.Reshape(parameter, [1, parameter.Shape[0], .. Enumerable.Repeat(OnnxDimension.Of(1), rank - 2)]);
        }
    }

    private static OnnxDimension Channels(string op, OnnxValue value)
        => value.Shape.Rank >= 2 ? value.Shape[1] : throw new OnnxGraphException($"{op} got {value}; expected [B, C, …].");
}
