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

        public OnnxValue Min(OnnxValue left, OnnxValue right) => graph.Binary("Min", left, right);

        public OnnxValue Pow(OnnxValue value, OnnxValue exponent) => graph.Binary("Pow", value, exponent);

        public OnnxValue Abs(OnnxValue value) => graph.Unary("Abs", value);

        public OnnxValue Neg(OnnxValue value) => graph.Unary("Neg", value);

        public OnnxValue Sqrt(OnnxValue value) => graph.Unary("Sqrt", value);

        public OnnxValue Exp(OnnxValue value) => graph.Unary("Exp", value);

        public OnnxValue Log(OnnxValue value) => graph.Unary("Log", value);

        public OnnxValue Sin(OnnxValue value) => graph.Unary("Sin", value);

        public OnnxValue Cos(OnnxValue value) => graph.Unary("Cos", value);

        public OnnxValue Erf(OnnxValue value) => graph.Unary("Erf", value);

        /// <summary>Held between two numbers; null leaves that side open.</summary>
        public OnnxValue Clip(OnnxValue value, float? low, float? high)
        {
            OnnxCheck.IsFloat("Clip", value);
            return graph.Node(
                "Clip",
                [value, low is { } least ? graph.ScalarLike(value, least) : null, high is { } most ? graph.ScalarLike(value, most) : null],
                value.Type,
                value.Shape);
        }

        /// <summary>True where the left is the lesser.</summary>
        public OnnxValue Less(OnnxValue left, OnnxValue right) => graph.Compare("Less", left, right);

        /// <summary>True where the left is the greater.</summary>
        public OnnxValue Greater(OnnxValue left, OnnxValue right) => graph.Compare("Greater", left, right);

        /// <summary>True where both are the same.</summary>
        public OnnxValue Equal(OnnxValue left, OnnxValue right) => graph.Compare("Equal", left, right);

        public OnnxValue Not(OnnxValue value)
        {
            OnnxCheck.Is("Not", value, OnnxElementType.Bool);
            return graph.Node("Not", [value], value.Type, value.Shape);
        }

        /// <summary>The left where the condition holds, else the right.</summary>
        public OnnxValue Where(OnnxValue condition, OnnxValue left, OnnxValue right)
        {
            OnnxCheck.Is("Where", condition, OnnxElementType.Bool);
            OnnxCheck.SameType("Where", left, right);
            var shape = OnnxCheck.Broadcast(
                condition.Shape, OnnxCheck.Broadcast("Where", left, right), (a, b) => $"Where cannot broadcast {condition} with {left} and {right}: {a} against {b}.");
            return graph.Node("Where", [condition, left, right], left.Type, shape);
        }

        /// <summary>The same numbers as another type.</summary>
        public OnnxValue Cast(OnnxValue value, OnnxElementType type)
            => graph.Node("Cast", [value], type, value.Shape, OnnxAttribute.Int("to", (long)type));

        internal OnnxValue Unary(string op, OnnxValue value, params ReadOnlySpan<OnnxAttribute> attributes)
        {
            OnnxCheck.IsFloat(op, value);
            return graph.Node(op, [value], value.Type, value.Shape, attributes);
        }

        private OnnxValue Binary(string op, OnnxValue left, OnnxValue right)
        {
            OnnxCheck.SameType(op, left, right);
            return graph.Node(op, [left, right], left.Type, OnnxCheck.Broadcast(op, left, right));
        }

        private OnnxValue Compare(string op, OnnxValue left, OnnxValue right)
        {
            OnnxCheck.SameType(op, left, right);
            return graph.Node(op, [left, right], OnnxElementType.Bool, OnnxCheck.Broadcast(op, left, right));
        }
    }
}
