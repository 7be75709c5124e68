namespace IMDD.Safetensors;

/// <summary>Not a readable safetensors file; the message names the file and the tensor where they are known, and says what was expected.</summary>
/// <param name="fault">What is wrong.</param>
/// <param name="tensor">The tensor it concerns; null where it concerns the file.</param>
/// <param name="detail">What was found and expected.</param>
/// <param name="file">The file; null where bytes were read.</param>
/// <param name="inner">The cause.</param>
public sealed class SafetensorsException(SafetensorsFault fault, string? tensor, string detail, string? file = null, Exception? inner = null)
    : Exception((file is null ? "" : $"{file}: ") + (tensor is null ? detail : $"Tensor '{tensor}' {detail}"), inner)
{
    /// <summary>What is wrong.</summary>
    public SafetensorsFault Fault { get; } = fault;

    /// <summary>The tensor it concerns; null where it concerns the file.</summary>
    public string? Tensor { get; } = tensor;

    /// <summary>The same fault, with the file's name.</summary>
    internal SafetensorsException In(string file) => new(Fault, Tensor, detail, file, this);
}
