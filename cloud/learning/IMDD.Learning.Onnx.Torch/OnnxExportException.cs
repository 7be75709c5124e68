namespace IMDD.Learning.Onnx.Torch;

/// <summary>A module that cannot be exported; the message has its path, its type and the reason.</summary>
public sealed class OnnxExportException : Exception
{
    public OnnxExportException(string path, string module, string reason, Exception? inner = null)
        : base($"Module '{path}' ({module}): {reason}", inner)
    {
        Path = path;
        Module = module;
    }

    /// <summary>Names of the modules from the root's child on, joined by dots; the root itself is <c>(root)</c>.</summary>
    public string Path { get; }

    /// <summary>Name of its type.</summary>
    public string Module { get; }
}
