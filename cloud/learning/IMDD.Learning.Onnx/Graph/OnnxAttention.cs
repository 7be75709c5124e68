namespace IMDD.Learning.Onnx.Graph;

/// <summary>Attention.</summary>
public static class OnnxAttention
{
    // As the mask of a softmax: far below any score, and still a number after scores are added to it.
    private const float Blocked = -1e30f;

    extension(OnnxGraphBuilder graph)
    {
        /// <summary>softmax(q·kᵀ·scale + bias)·v (Vaswani et al. 2017, section 3.2.1).</summary>
        /// <param name="query"><c>[B, heads, Q, D]</c>.</param>
        /// <param name="key"><c>[B, heads, K, D]</c>.</param>
        /// <param name="value"><c>[B, heads, K, V]</c>.</param>
        /// <param name="bias">Added to the scores; broadcasts to <c>[B, heads, Q, K]</c>. Or none.</param>
        /// <param name="scale">1/√D where it is left out.</param>
        public OnnxValue Attention(OnnxValue query, OnnxValue key, OnnxValue value, OnnxValue? bias = null, double? scale = null)
        {
            OnnxCheck.HasRank("Attention", query, 4);
            OnnxCheck.HasRank("Attention", key, 4);
            var width = OnnxCheck.Known("Attention", query, 3);

            // The scale on the query, which is the smaller of the two products' operands.
            var scaled = graph.Mul(query, graph.Scalar((float)(scale ?? 1 / Math.Sqrt(width))));
            var scores = graph.MatMul(scaled, graph.Transpose(key, 0, 1, 3, 2));
            return graph.MatMul(graph.Softmax(bias is null ? scores : graph.Add(scores, bias), -1), value);
        }

        /// <summary>The same over heads that lie side by side, as one node that ONNX Runtime computes without holding the scores.</summary>
        /// <param name="query"><c>[B or 1, Q, heads·D]</c>.</param>
        /// <param name="key"><c>[B or 1, K, heads·D]</c>.</param>
        /// <param name="value"><c>[B or 1, K, heads·V]</c>.</param>
        /// <param name="heads">Number of heads.</param>
        /// <param name="bias">Added to the scores; <c>[1 or B, 1 or heads, Q, K]</c>. Or none.</param>
        public OnnxValue MicrosoftAttention(OnnxValue query, OnnxValue key, OnnxValue value, long heads, OnnxValue? bias = null)
        {
            OnnxCheck.HasRank("MultiHeadAttention", query, 3);

            // The node does not broadcast: what is the same for a whole batch is repeated.
            OnnxValue[] all = [query, key, value];
            if (all.FirstOrDefault(one => one.Shape[0] != 1) is { } batch)
            {
                (query, key, value) = (OfBatch(query), OfBatch(key), OfBatch(value));
            }

            OnnxValue?[] inputs = bias is null ? [query, key, value] : [query, key, value, null, null, bias];
            return graph.NodeOf(
                "com.microsoft",
                "MultiHeadAttention",
                inputs,
                [(query.Type, [query.Shape[0], query.Shape[1], value.Shape[2]])],
                OnnxAttribute.Int("num_heads", heads))[0];

            OnnxValue OfBatch(OnnxValue one) => one.Shape[0] == 1 ? graph.RepeatLike(one, batch) : one;
        }

        /// <summary><c>[B, S, heads·D]</c> as <c>[B, heads, S, D]</c>.</summary>
        public OnnxValue SplitHeads(OnnxValue value, long heads)
        {
            OnnxCheck.HasRank("SplitHeads", value, 3);
            return graph.Transpose(graph.Reshape(value, [value.Shape[0], value.Shape[1], heads, value.Shape[2].DividedBy(heads)]), 0, 2, 1, 3);
        }

        /// <summary><c>[B, heads, S, D]</c> as <c>[B, S, heads·D]</c>.</summary>
        public OnnxValue JoinHeads(OnnxValue value)
        {
            OnnxCheck.HasRank("JoinHeads", value, 4);
            var joined = graph.Transpose(value, 0, 2, 1, 3);
            return graph.Reshape(joined, [joined.Shape[0], joined.Shape[1], joined.Shape[2].Times(joined.Shape[3])]);
        }

        /// <summary>A bias <c>[1, 1, S, S]</c> that lets each position see itself and those before it.</summary>
        public OnnxValue CausalBias(int length)
        {
            var bias = new float[length * length];
            for (var row = 0; row < length; row++)
            {
                bias.AsSpan((row * length) + row + 1, length - row - 1).Fill(Blocked);
            }

            return graph.Constant("causal", bias, 1, 1, length, length);
        }
    }
}
