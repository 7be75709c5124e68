namespace IMDD.Learning.Onnx.Graph;

/// <summary>Where constants stand in the file beside the model.</summary>
internal sealed record OnnxExternalData(string Location, IReadOnlyDictionary<OnnxValue, long> Offsets)
{
    // A page, so that a runtime can map the file.
    private const int Alignment = 4096;

    // Smaller ones stay in the model: runtimes read shapes and axes from there while they load.
    private const int MinBytes = 1024;

    /// <summary>Writes the large constants in the order in which nodes first take them.</summary>
    public static OnnxExternalData Write(OnnxModel model, string location, Stream data)
    {
        Dictionary<OnnxValue, long> offsets = [];
        foreach (var value in model.Graph.Nodes.SelectMany(node => node.Inputs))
        {
            if (value?.Constant is not { } tensor || tensor.Bytes.Length < MinBytes || offsets.ContainsKey(value))
            {
                continue;
            }

            while (data.Position % Alignment != 0)
            {
                data.WriteByte(0);
            }

            offsets.Add(value, data.Position);
            data.Write(tensor.Bytes.Span);
        }

        return new OnnxExternalData(location, offsets);
    }
}
