namespace IMDD.Storage;

/// <summary>A blob could not be stored or read.</summary>
public sealed class BlobStoreException(string message, bool isTransient, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>True when trying again later may help.</summary>
    public bool IsTransient { get; } = isTransient;
}
