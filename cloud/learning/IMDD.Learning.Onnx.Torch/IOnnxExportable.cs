using IMDD.Learning.Onnx.Graph;

namespace IMDD.Learning.Onnx.Torch;

/// <summary>
/// A module of one tensor in and one out that says itself what its <c>forward</c> computes. The exporter stands beside the
/// <c>forward</c>: who changes one sees the other, and the parity gate notices when they part.
/// </summary>
public interface IOnnxExportable
{
    /// <summary>Adds to the graph what <c>forward</c> computes in eval mode.</summary>
    /// <param name="onnx">The graph, the module's children and its parameters.</param>
    /// <param name="input">What <c>forward</c> would get.</param>
    /// <returns>What <c>forward</c> would give.</returns>
    OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input);
}
