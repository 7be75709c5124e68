using IMDD.Imaging;

namespace IMDD.Cloud.Dashboard.Frames;

/// <summary>Makes a stored frame into something that browsers show.</summary>
internal static class BrowserPicture
{
    /// <summary>JPEG, PNG and BMP as they are, recognised by their first bytes and not by what was declared; anything else decoded and given as PNG.</summary>
    /// <exception cref="ImageRejectedException">Not an image, or above the limits.</exception>
    public static (string MediaType, byte[] Bytes) From(byte[] content, IImageDecoder decoder, DecodeLimits limits)
    {
        ReadOnlySpan<byte> start = content;
        if (start.StartsWith<byte>([0xff, 0xd8, 0xff]))
        {
            return ("image/jpeg", content);
        }

        if (start.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]))
        {
            return ("image/png", content);
        }

        if (start.StartsWith("BM"u8))
        {
            return ("image/bmp", content);
        }

        using var image = decoder.Decode(content, limits);
        return ("image/png", ImageEncoder.EncodePng(image));
    }
}
