namespace IMDD.Inference.Bundles;

/// <summary>A bundle is refused; the message names the file or field and what was expected.</summary>
public sealed class ModelBundleException(string message, Exception? inner = null) : Exception(message, inner);
