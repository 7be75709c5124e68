namespace IMDD.Learning.Onnx.Graph;

/// <summary>Checks shared by the operators.</summary>
internal static class OnnxCheck
{
    public static void IsFloat(string op, OnnxValue value)
    {
        if (value.Type is not (OnnxElementType.Float or OnnxElementType.Float16))
        {
            throw new OnnxGraphException($"{op} got {value}; expected Float.");
        }
    }

    public static void Is(string op, OnnxValue value, OnnxElementType type)
    {
        if (value.Type != type)
        {
            throw new OnnxGraphException($"{op} got {value}; expected {type}.");
        }
    }

    /// <summary>Several inputs of one type.</summary>
    public static void SameType(string op, OnnxValue left, OnnxValue right)
    {
        if (left.Type != right.Type)
        {
            throw new OnnxGraphException($"{op} got {left} and {right}; expected one type.");
        }
    }

    public static void HasRank(string op, OnnxValue value, int rank)
    {
        if (value.Shape.Rank != rank)
        {
            throw new OnnxGraphException($"{op} got {value}; expected {rank} dimensions.");
        }
    }

    public static void HasShape(string op, string what, OnnxValue value, params ReadOnlySpan<OnnxDimension> shape)
    {
        var expected = OnnxShape.Create(shape);
        if (!value.Shape.Equals(expected))
        {
            throw new OnnxGraphException($"{op} got {what} {value}; expected {expected}.");
        }
    }

    /// <summary>An axis from 0 on; negative ones count from the last.</summary>
    public static int Axis(string op, OnnxValue value, long axis)
    {
        var normal = axis < 0 ? axis + value.Shape.Rank : axis;
        return normal >= 0 && normal < value.Shape.Rank
            ? (int)normal
            : throw new OnnxGraphException($"{op} got axis {axis} of {value}.");
    }

    /// <summary>A dimension that must be known when the graph is built.</summary>
    public static long Known(string op, OnnxValue value, int axis) => value.Shape[axis].Value
        ?? throw new OnnxGraphException($"{op} got {value}; expected a known length of axis {axis}, which is {value.Shape[axis]}.");

    /// <summary>The shape that two broadcast to, as NumPy does it.</summary>
    public static OnnxShape Broadcast(string op, OnnxValue left, OnnxValue right)
        => Broadcast(left.Shape, right.Shape, (a, b) => $"{op} cannot broadcast {left} with {right}: {a} against {b}.");

    public static OnnxShape Broadcast(OnnxShape left, OnnxShape right, Func<OnnxDimension, OnnxDimension, string> error)
    {
        var rank = Math.Max(left.Rank, right.Rank);
        var dimensions = new OnnxDimension[rank];
        for (var axis = 0; axis < rank; axis++)
        {
            var a = At(left, axis - (rank - left.Rank));
            var b = At(right, axis - (rank - right.Rank));
            dimensions[axis] = a == b || b.Value == 1 ? a
                : a.Value == 1 ? b
                : throw new OnnxGraphException(error(a, b));
        }

        return OnnxShape.Create(dimensions);
    }

    private static OnnxDimension At(OnnxShape shape, int axis) => axis < 0 ? 1 : shape[axis];
}
