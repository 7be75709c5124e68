namespace IMDD.Learning.Onnx.Graph;

/// <summary>Matrix products.</summary>
public static class OnnxLinear
{
    extension(OnnxGraphBuilder graph)
    {
        /// <summary>Matrix product of the last two dimensions; those before broadcast.</summary>
        /// <param name="left"><c>[…, M, K]</c>.</param>
        /// <param name="right"><c>[…, K, N]</c>.</param>
        public OnnxValue MatMul(OnnxValue left, OnnxValue right)
        {
            OnnxCheck.IsFloat("MatMul", left);
            OnnxCheck.SameType("MatMul", left, right);
            if (left.Shape.Rank < 2 || right.Shape.Rank < 2 || left.Shape[^1] != right.Shape[^2])
            {
                throw new OnnxGraphException($"MatMul got {left} and {right}; expected […, M, K] and […, K, N].");
            }

            var before = OnnxCheck.Broadcast(
                [.. left.Shape.SkipLast(2)], [.. right.Shape.SkipLast(2)], (a, b) => $"MatMul cannot broadcast {left} with {right}: {a} against {b}.");
            return graph.Node("MatMul", [left, right], left.Type, [.. before, left.Shape[^2], right.Shape[^1]]);
        }

        /// <summary>A fully connected layer, <c>x · W + b</c>.</summary>
        /// <param name="value"><c>[…, K]</c>.</param>
        /// <param name="weights"><c>[K, N]</c>: a PyTorch weight, transposed.</param>
        /// <param name="bias"><c>[N]</c>, or none.</param>
        public OnnxValue Linear(OnnxValue value, OnnxValue weights, OnnxValue? bias)
        {
            OnnxCheck.IsFloat("Linear", value);
            OnnxCheck.SameType("Linear", value, weights);
            OnnxCheck.HasRank("Linear", weights, 2);
            if (value.Shape.Rank == 0 || value.Shape[^1] != weights.Shape[0])
            {
                throw new OnnxGraphException($"Linear got {value} and weights {weights.Shape}; expected {weights.Shape[0]} features last.");
            }

            OnnxConvolution.CheckBias("Linear", value, bias, OnnxCheck.Known("Linear", weights, 1));
            if (value.Shape.Rank == 2)
            {
                return graph.Node("Gemm", [value, weights, .. OnnxConvolution.Optional(bias)], value.Type, [value.Shape[0], weights.Shape[1]]);
            }

            var product = graph.MatMul(value, weights);
            return bias is null ? product : graph.Add(product, bias);
        }
    }
}
