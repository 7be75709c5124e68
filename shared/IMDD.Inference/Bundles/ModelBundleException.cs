namespace IMDD.Inference.Bundles;

/// <summary>A bundle is not to be used; the message names the file or field and what was expected.</summary>
public sealed class ModelBundleException(string message, Exception? inner = null, BundleFault fault = BundleFault.Malformed) : Exception(message, inner)
{
    /// <summary>Which kind of thing is wrong.</summary>
    public BundleFault Fault { get; } = fault;
}
