using IMDD.Learning.Onnx.Graph;
using IMDD.Testing;

namespace IMDD.Learning.Onnx.Tests.Graph;

public sealed class OnnxConstantsTests
{
    [Fact]
    public void Read_DimensionsThatNoMemoryHolds_IsAnError()
    {
        using TestDirectory folder = new();
        var path = folder.File("model.onnx");

        // A model (field 7: graph) with one constant (field 5) of 2^61 (field 1) 64-bit integers (field 2).
        byte[] dims = [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20];
        byte[] tensor = [.. dims, 0x10, 7];
        byte[] graph = [0x2A, (byte)tensor.Length, .. tensor];
        File.WriteAllBytes(path, [0x3A, (byte)graph.Length, .. graph]);

        Should.Throw<OnnxGraphException>(() => OnnxConstants.Read(path)).Message.ShouldContain("2305843009213693952");
    }
}
