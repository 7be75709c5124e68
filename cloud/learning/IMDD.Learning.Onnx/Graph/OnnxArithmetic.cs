namespace IMDD.Learning.Onnx.Graph;

/// <summary>Element by element, with NumPy's broadcasting.</summary>
public static class OnnxArithmetic
{
    extension(OnnxGraphBuilder graph)
    {
        public OnnxValue Add(OnnxValue left, OnnxValue right) => graph.Binary("Add", left, right);

        public OnnxValue Sub(OnnxValue left, OnnxValue right) => graph.Binary("Sub", left, right);

        public OnnxValue Mul(OnnxValue left, OnnxValue right) => graph.Binary("Mul", left, right);

        public OnnxValue Div(OnnxValue left, OnnxValue right) => graph.Binary("Div", left, right);

        public OnnxValue Max(OnnxValue left, OnnxValue right) => graph.Binary("Max", left, right);

        public OnnxValue Abs(OnnxValue value) => graph.Unary("Abs", value);

        public OnnxValue Sqrt(OnnxValue value) => graph.Unary("Sqrt", value);

        public OnnxValue Sigmoid(OnnxValue value) => graph.Unary("Sigmoid", value);

        /// <summary>The same numbers as another type.</summary>
        public OnnxValue Cast(OnnxValue value, OnnxElementType type)
            => graph.Node("Cast", [value], type, value.Shape, OnnxAttribute.Int("to", (long)type));

        private OnnxValue Unary(string op, OnnxValue value)
        {
            OnnxCheck.IsFloat(op, value);
            return graph.Node(op, [value], value.Type, value.Shape);
        }

        private OnnxValue Binary(string op, OnnxValue left, OnnxValue right)
        {
            if (left.Type != right.Type)
            {
                throw new OnnxGraphException($"{op} got {left} and {right}; expected one type.");
            }

            return graph.Node(op, [left, right], left.Type, Broadcast(op, left, right));
        }
    }

    private static OnnxShape Broadcast(string op, OnnxValue left, OnnxValue right)
    {
        var rank = Math.Max(left.Shape.Rank, right.Shape.Rank);
        var dimensions = new OnnxDimension[rank];
        for (var axis = 0; axis < rank; axis++)
        {
            var a = At(left.Shape, axis - (rank - left.Shape.Rank));
            var b = At(right.Shape, axis - (rank - right.Shape.Rank));
            dimensions[axis] = a == b || b.Value == 1 ? a
                : a.Value == 1 ? b
                : throw new OnnxGraphException($"{op} cannot broadcast {left} with {right}: {a} against {b}.");
        }

        return OnnxShape.Create(dimensions);
    }

    private static OnnxDimension At(OnnxShape shape, int axis) => axis < 0 ? 1 : shape[axis];
}
