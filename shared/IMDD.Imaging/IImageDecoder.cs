namespace IMDD.Imaging;

/// <summary>Decodes JPEG, PNG, BMP and TIFF to 8-bit RGB within limits. Thread-safe.</summary>
public interface IImageDecoder
{
    /// <summary>
    /// Reads the header, checks it against the limits, decodes. Grey becomes three equal channels; 16 bits are scaled by
    /// <paramref name="window"/> (low, high), or by the full range of the pixel type.
    /// </summary>
    /// <exception cref="ImageRejectedException">Not decodable within the limits.</exception>
    RgbImage Decode(ReadOnlySpan<byte> encoded, DecodeLimits limits, (int Low, int High)? window = null);
}
