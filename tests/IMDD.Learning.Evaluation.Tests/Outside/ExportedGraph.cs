using System.Text;
using IMDD.Learning.Onnx.Graph;

namespace IMDD.Learning.Evaluation.Tests.Outside;

/// <summary>Graphs with the signatures that other tools' exporters document; what they compute is for the test to say.</summary>
internal static class ExportedGraph
{
    private const byte MetadataField = (14 << 3) | 2;
    private const byte KeyField = (1 << 3) | 2;
    private const byte ValueField = (2 << 3) | 2;

    /// <summary>An input <c>[1, 3, height, width]</c> of floats under the exporter's name.</summary>
    public static OnnxValue Picture(OnnxGraphBuilder graph, string name, int height, int width) => graph.Input(name, OnnxElementType.Float, [1, 3, height, width]);

    /// <summary>Writes the file, with the exporter's notes.</summary>
    public static string Write(OnnxGraphBuilder graph, string path, params (string Key, string Value)[] metadata)
    {
        // Protocol buffers may be joined end to end: a repeated field's entries add up.
        File.WriteAllBytes(path, [.. graph.Build("tests", "1", ""), .. metadata.SelectMany(m => Entry(m.Key, m.Value))]);
        return path;
    }

    private static byte[] Entry(string key, string value)
    {
        byte[] entry = [KeyField, .. Counted(key), ValueField, .. Counted(value)];
        return [MetadataField, .. Length(entry.Length), .. entry];
    }

    private static byte[] Counted(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [.. Length(bytes.Length), .. bytes];
    }

    private static IEnumerable<byte> Length(int length)
    {
        for (; length > 0x7F; length >>= 7)
        {
            yield return (byte)(length | 0x80);
        }

        yield return (byte)length;
    }
}
