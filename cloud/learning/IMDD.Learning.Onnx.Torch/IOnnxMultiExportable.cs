using IMDD.Learning.Onnx.Graph;

namespace IMDD.Learning.Onnx.Torch;

/// <summary>A module of several tensors in or out that says itself what its <c>forward</c> computes; see <see cref="IOnnxExportable"/>.</summary>
public interface IOnnxMultiExportable
{
    /// <summary>Adds to the graph what <c>forward</c> computes in eval mode.</summary>
    /// <param name="onnx">The graph, the module's children and its parameters.</param>
    /// <param name="inputs">What <c>forward</c> would get, in its order.</param>
    /// <returns>What <c>forward</c> would give, in its order.</returns>
    IReadOnlyList<OnnxValue> ExportOnnx(OnnxModuleScope onnx, IReadOnlyList<OnnxValue> inputs);
}
