namespace IMDD.Imaging;

/// <summary>Bounds checked before a decoder sees the bytes.</summary>
/// <param name="MaxBytes">Encoded size.</param>
/// <param name="MaxPixels">Width times height, read from the header.</param>
/// <param name="MaxSide">Largest width or height.</param>
public sealed record DecodeLimits(long MaxBytes = 16L << 20, long MaxPixels = 64L << 20, int MaxSide = 16384);
