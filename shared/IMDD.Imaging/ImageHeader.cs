using System.Runtime.InteropServices;
using IMDD.Imaging.Headers;

namespace IMDD.Imaging;

/// <summary>What an encoded image says of itself, read without decoding a pixel.</summary>
/// <param name="Format">The format, by its magic bytes; a file's name or a media type is never asked.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="BitDepth">Bits per channel: 8 or 16 (fewer in a palette or a bilevel image count as 8).</param>
/// <param name="Channels">1 to 4, as stored (a palette counts as 3).</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ImageHeader(ImageFormat Format, int Width, int Height, int BitDepth, int Channels)
{
    /// <summary>Reads the header.</summary>
    /// <exception cref="ImageRejectedException">Not one of the formats, or the header is damaged or asks for what is not handled.</exception>
    public static ImageHeader Read(ReadOnlySpan<byte> encoded) => ImageSignature.Identify(encoded) switch
    {
        ImageFormat.Jpeg => JpegHeaderReader.Read(encoded),
        ImageFormat.Png => PngHeaderReader.Read(encoded),
        ImageFormat.Bmp => BmpHeaderReader.Read(encoded),
        _ => TiffHeaderReader.Read(encoded),
    };

    /// <summary>Reads the header; false where <see cref="Read"/> would throw.</summary>
    public static bool TryRead(ReadOnlySpan<byte> encoded, out ImageHeader header)
    {
        try
        {
            header = Read(encoded);
            return true;
        }
        catch (ImageRejectedException)
        {
            header = default;
            return false;
        }
    }

    /// <summary>
    /// Checks that the image is all there: a JPEG runs to its end-of-image marker, a PNG through checked chunks to <c>IEND</c>, the pixel
    /// rows of a BMP and the strips of a TIFF lie within the bytes. Decoders fill what is missing with grey; this refuses it.
    /// </summary>
    /// <exception cref="ImageRejectedException">Cut short or damaged.</exception>
    public void VerifyComplete(ReadOnlySpan<byte> encoded)
    {
        switch (Format)
        {
            case ImageFormat.Jpeg:
                JpegHeaderReader.VerifyComplete(encoded);
                break;
            case ImageFormat.Png:
                PngHeaderReader.VerifyComplete(encoded);
                break;
            case ImageFormat.Bmp:
                BmpHeaderReader.VerifyComplete(encoded);
                break;
            default:
                TiffHeaderReader.VerifyComplete(encoded);
                break;
        }
    }
}
