using IMDD.Learning.Onnx.Graph;

namespace IMDD.Learning.Onnx.Torch;

/// <summary>An input of the exported model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its elements.</param>
/// <param name="Shape">Its shape; what may vary from run to run is a symbol.</param>
public sealed record OnnxInput(string Name, OnnxElementType Type, OnnxShape Shape)
{
    /// <summary>Floats.</summary>
    public static OnnxInput Floats(string name, OnnxShape shape) => new(name, OnnxElementType.Float, shape);
}
