using Google.Protobuf;

namespace IMDD.Learning.Onnx.Graph;

/// <summary>A finished model: it can be written, run, and turned into one of lower precision, but no longer changed.</summary>
public sealed class OnnxModel
{
    /// <summary>Key of the metadata with the digest of the weights.</summary>
    public const string WeightsKey = "weights_sha256";

    /// <summary>Most bytes of one file of weights, unless a single tensor has more: as many as the registry takes of one file.</summary>
    public const long DefaultPartBytes = 512L << 20;

    // A message of protobuf ends at 2 GiB; what is not weights needs room too.
    internal const long MaxMessageBytes = int.MaxValue - (64L << 20);

    internal OnnxModel(OnnxGraph graph, OnnxModelInfo info)
    {
        Graph = graph;
        Info = info;
    }

    public OnnxModelInfo Info { get; }

    public int Opset => Graph.Opset;

    public IReadOnlyList<OnnxValue> Inputs => Graph.Inputs;

    public IReadOnlyList<OnnxValue> Outputs => Graph.Outputs;

    /// <summary>Bytes of all constants.</summary>
    public long WeightBytes => Graph.Constants.Sum(constant => constant.Constant!.ByteLength);

    internal OnnxGraph Graph { get; }

    /// <summary>How many nodes there are of each operator.</summary>
    public IReadOnlyDictionary<string, int> CountOperators()
        => Graph.Nodes.GroupBy(node => node.Op, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);

    /// <summary>The same model that says something else of itself.</summary>
    public OnnxModel With(OnnxModelInfo info) => new(Graph, info);

    /// <summary>The file's bytes, weights within.</summary>
    /// <exception cref="OnnxGraphException">Too large for one message: <see cref="Save"/> puts the weights into a file of their own.</exception>
    public byte[] ToBytes() => WeightBytes <= MaxMessageBytes
        ? OnnxSerializer.Describe(this, external: null).ToByteArray()
        : throw new OnnxGraphException($"Model '{Graph.Name}' has {WeightBytes} bytes of weights; one file holds {MaxMessageBytes}. Save it with external data.");

    /// <summary>
    /// Writes the model; above the limit its weights go to files beside it, named after it with <c>.data</c>, <c>.data.1</c> and so on added. A runtime
    /// finds them by the model's folder, so they travel together. Deferred weights are in memory one at a time.
    /// </summary>
    /// <param name="path">
    /// The model's file. A model that is there, with its files, stays until the new one is complete; then they are replaced one by one, the model's own last.
    /// Where weights are among them it is removed first: what is interrupted there leaves no model, never one with the weights of another.
    /// </param>
    /// <param name="maxMessageBytes">Most bytes of weights within the model's own file; the format ends near 2 GiB.</param>
    /// <param name="maxPartBytes">Most bytes of a file of weights, unless a single tensor has more.</param>
    /// <returns>The files written, the model first.</returns>
    public IReadOnlyList<string> Save(string path, long maxMessageBytes = MaxMessageBytes, long maxPartBytes = DefaultPartBytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxMessageBytes, MaxMessageBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPartBytes, 1);
        using OnnxModelFiles files = new(path);
        var external = WeightBytes <= maxMessageBytes ? null : OnnxExternalData.Write(this, files, maxPartBytes);
        using (var model = files.CreateModel())
        {
            OnnxSerializer.Describe(this, external).WriteTo(model);
        }

        return files.Finish();
    }
}
