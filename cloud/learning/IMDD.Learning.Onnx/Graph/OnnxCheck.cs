namespace IMDD.Learning.Onnx.Graph;

/// <summary>Checks shared by the operators.</summary>
internal static class OnnxCheck
{
    public static void IsFloat(string op, OnnxValue value) => Is(op, value, OnnxElementType.Float);

    public static void Is(string op, OnnxValue value, OnnxElementType type)
    {
        if (value.Type != type)
        {
            throw new OnnxGraphException($"{op} got {value}; expected {type}.");
        }
    }

    public static void HasRank(string op, OnnxValue value, int rank)
    {
        if (value.Shape.Rank != rank)
        {
            throw new OnnxGraphException($"{op} got {value}; expected {rank} dimensions.");
        }
    }

    /// <summary>An axis from 0 on; negative ones count from the last.</summary>
    public static int Axis(string op, OnnxValue value, int axis)
    {
        var normal = axis < 0 ? axis + value.Shape.Rank : axis;
        return normal >= 0 && normal < value.Shape.Rank
            ? normal
            : throw new OnnxGraphException($"{op} got axis {axis} of {value}.");
    }
}
