namespace IMDD.Imaging.Headers;

/// <summary>Tells formats apart by their first bytes.</summary>
internal static class ImageSignature
{
    private const int MinBytes = 12;

    /// <exception cref="ImageRejectedException">Known but not handled, or not an image.</exception>
    public static ImageFormat Identify(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length < MinBytes)
        {
            throw Reject.Corrupt($"Expected an image, got {encoded.Length} bytes.");
        }

        if (encoded is [0xFF, 0xD8, 0xFF, ..])
        {
            return ImageFormat.Jpeg;
        }

        if (encoded.StartsWith(PngHeaderReader.Signature))
        {
            return ImageFormat.Png;
        }

        if (encoded.StartsWith("BM"u8))
        {
            return ImageFormat.Bmp;
        }

        if (encoded.StartsWith("II*\0"u8) || encoded.StartsWith("MM\0*"u8))
        {
            return ImageFormat.Tiff;
        }

        if (KnownButNotHandled(encoded) is { } name)
        {
            throw Reject.Unsupported($"{name} is not handled; expected JPEG, PNG, BMP or TIFF.");
        }

        throw Reject.Corrupt($"Expected a JPEG, PNG, BMP or TIFF image, got bytes that start with {Convert.ToHexStringLower(encoded[..8])}.");
    }

    private static string? KnownButNotHandled(ReadOnlySpan<byte> encoded)
    {
        if (encoded.StartsWith("GIF8"u8))
        {
            return "GIF";
        }

        if (encoded.StartsWith("RIFF"u8) && encoded[8..].StartsWith("WEBP"u8))
        {
            return "WebP";
        }

        if (encoded[4..].StartsWith("ftyp"u8))
        {
            return "HEIF, AVIF or video";
        }

        if (encoded.StartsWith("II+\0"u8) || encoded.StartsWith("MM\0+"u8))
        {
            return "BigTIFF";
        }

        if (encoded[4..].StartsWith("jP  "u8) || (encoded[0] == 0xFF && encoded[1] == 0x4F))
        {
            return "JPEG 2000";
        }

        return encoded[0] == 'P' && encoded[1] is >= (byte)'1' and <= (byte)'7' && char.IsWhiteSpace((char)encoded[2]) ? "Netpbm" : null;
    }
}
