namespace IMDD.Learning.Onnx.Graph;

/// <summary>Fewer elements out than in.</summary>
public static class OnnxReduction
{
    private const int AxesInputOpset = 18;

    extension(OnnxGraphBuilder graph)
    {
        /// <summary>Mean over axes, which stay with length 1.</summary>
        public OnnxValue ReduceMean(OnnxValue value, params ReadOnlySpan<int> axes) => graph.Reduce("ReduceMean", value, axes);

        /// <summary>Largest over axes, which stay with length 1.</summary>
        public OnnxValue ReduceMax(OnnxValue value, params ReadOnlySpan<int> axes) => graph.Reduce("ReduceMax", value, axes);

        /// <summary>Smallest over axes, which stay with length 1.</summary>
        public OnnxValue ReduceMin(OnnxValue value, params ReadOnlySpan<int> axes) => graph.Reduce("ReduceMin", value, axes);

        /// <summary>Sum over axes, which stay with length 1.</summary>
        public OnnxValue ReduceSum(OnnxValue value, params ReadOnlySpan<int> axes) => graph.Reduce("ReduceSum", value, axes);

        /// <summary>Euclidean length over axes, which stay with length 1.</summary>
        public OnnxValue ReduceL2(OnnxValue value, params ReadOnlySpan<int> axes) => graph.Reduce("ReduceL2", value, axes);

        /// <summary>Divides by the Euclidean length along an axis, which is taken to be no less than <paramref name="epsilon"/>.</summary>
        public OnnxValue NormalizeL2(OnnxValue value, int axis, float epsilon)
            => graph.Div(value, graph.Clip(graph.ReduceL2(value, axis), epsilon, null));

        /// <summary>Index of the largest along an axis, the first of equals; the axis stays with length 1.</summary>
        public OnnxValue ArgMax(OnnxValue value, int axis)
        {
            OnnxCheck.IsFloat("ArgMax", value);
            axis = OnnxCheck.Axis("ArgMax", value, axis);
            return graph.Node("ArgMax", [value], OnnxElementType.Int64, value.Shape.With(axis, 1), OnnxAttribute.Int("axis", axis));
        }

        /// <summary>The <paramref name="count"/> largest along an axis, largest first, of equal ones the first, and where they are.</summary>
        /// <param name="value">Floats.</param>
        /// <param name="count">One 64-bit integer, <c>[1]</c>.</param>
        /// <param name="length">What <paramref name="count"/> will be, for the shape.</param>
        public (OnnxValue Values, OnnxValue Indices) TopK(OnnxValue value, OnnxValue count, OnnxDimension length, int axis = -1)
        {
            OnnxCheck.IsFloat("TopK", value);
            OnnxCheck.Is("TopK", count, OnnxElementType.Int64);
            axis = OnnxCheck.Axis("TopK", value, axis);
            var shape = value.Shape.With(axis, length);
            var outputs = graph.Node("TopK", [value, count], [(value.Type, shape), (OnnxElementType.Int64, shape)], axis == value.Shape.Rank - 1 ? [] : [OnnxAttribute.Int("axis", axis)]);
            return (outputs[0], outputs[1]);
        }

        private OnnxValue Reduce(string op, OnnxValue value, ReadOnlySpan<int> axes)
        {
            OnnxCheck.IsFloat(op, value);
            var shape = value.Shape;
            var normal = new long[axes.Length];
            for (var index = 0; index < axes.Length; index++)
            {
                var axis = OnnxCheck.Axis(op, value, axes[index]);
                normal[index] = axis;
                shape = shape.With(axis, 1);
            }

            // A sum takes its axes as an input since operator set 13, the others since 18.
            return graph.Opset >= AxesInputOpset || op == "ReduceSum"
                ? graph.Node(op, [value, graph.Vector(normal)], value.Type, shape)
                : graph.Node(op, [value], value.Type, shape, OnnxAttribute.Ints("axes", normal));
        }
    }
}
