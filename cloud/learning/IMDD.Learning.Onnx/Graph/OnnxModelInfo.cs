namespace IMDD.Learning.Onnx.Graph;

/// <summary>What a model says of itself.</summary>
/// <param name="Producer">Who wrote it.</param>
/// <param name="ProducerVersion">Its version.</param>
/// <param name="Documentation">What the model is, for people.</param>
public sealed record OnnxModelInfo(string Producer, string ProducerVersion, string Documentation)
{
    /// <summary>Free keys and values, written sorted by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The same with one more entry, or another value in its place.</summary>
    public OnnxModelInfo With(string key, string value)
        => this with { Metadata = new Dictionary<string, string>(Metadata, StringComparer.Ordinal) { [key] = value } };
}
