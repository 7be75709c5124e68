namespace IMDD.Learning.Onnx.Graph;

/// <summary>Where constants stand in the files beside the model.</summary>
internal sealed record OnnxExternalData(IReadOnlyDictionary<OnnxValue, (string Location, long Offset)> Places)
{
    // A page, so that a runtime can map the file.
    private const int Alignment = 4096;

    // Smaller ones stay in the model: runtimes read shapes and axes from there while they load.
    private const int MinBytes = 1024;

    /// <summary>Writes the large constants in the order in which nodes first take them.</summary>
    /// <param name="model">Whose.</param>
    /// <param name="files">The model's.</param>
    /// <param name="maxPartBytes">A tensor that would make a file longer than this begins the next one.</param>
    public static OnnxExternalData Write(OnnxModel model, OnnxModelFiles files, long maxPartBytes)
    {
        Dictionary<OnnxValue, (string, long)> places = [];
        var (data, name) = files.CreateData();
        try
        {
            foreach (var value in model.Graph.Nodes.SelectMany(node => node.Inputs))
            {
                if (value?.Constant is not { } tensor || tensor.ByteLength < MinBytes || places.ContainsKey(value))
                {
                    continue;
                }

                // A hole in the file, which reads as zeros.
                var start = (data.Position + Alignment - 1) / Alignment * Alignment;
                if (start > 0 && start + tensor.ByteLength > maxPartBytes)
                {
                    data.Dispose();
                    (data, name) = files.CreateData();
                    start = 0;
                }

                data.Position = start;
                places.Add(value, (name, data.Position));
                data.Write(tensor.Bytes.Span);
            }
        }
        finally
        {
            data.Dispose();
        }

        return new OnnxExternalData(places);
    }
}
