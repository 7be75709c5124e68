namespace IMDD.Imaging;

/// <summary>Bytes from outside that are not decoded; the message says what was expected.</summary>
public sealed class ImageRejectedException(ImageRejection reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public ImageRejection Reason { get; } = reason;
}
