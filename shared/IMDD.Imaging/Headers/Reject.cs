namespace IMDD.Imaging.Headers;

/// <summary>Makes the exceptions of the header readers.</summary>
internal static class Reject
{
    public static ImageRejectedException Corrupt(string message) => new(ImageRejection.Corrupt, message);

    public static ImageRejectedException Unsupported(string message) => new(ImageRejection.Unsupported, message);

    public static ImageRejectedException CutShort(string format, long expected, long actual)
        => new(ImageRejection.Corrupt, $"{format} is cut short: expected at least {expected} bytes, got {actual}.");
}
