using System.Runtime.InteropServices;
using OpenCvSharp;

namespace IMDD.Imaging;

/// <summary>
/// Decodes with OpenCV what <see cref="ImageHeader"/> found to be within the limits and complete. An orientation in EXIF is ignored: pixels
/// stay where the sensor had them, which is what boxes, masks and ignore areas refer to. Alpha is dropped.
/// </summary>
/// <remarks>
/// Flipped bits inside a JPEG's entropy-coded data are not detectable from the picture alone; the digest that a frame carries is what tells.
/// </remarks>
public sealed class OpenCvImageDecoder : IImageDecoder
{
    // IMREAD_COLOR_RGB of OpenCV 4.11: the decoder writes RGB itself, and no pass over the pixels swaps channels afterwards.
    private const ImreadModes Rgb = (ImreadModes)256;

    static OpenCvImageDecoder() => OpenCvRuntime.Initialize();

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlySpan<byte> encoded, DecodeLimits limits, (int Low, int High)? window = null)
    {
        if (encoded.Length > limits.MaxBytes)
        {
            throw new ImageRejectedException(ImageRejection.TooLarge, $"Image has {encoded.Length} bytes; at most {limits.MaxBytes} are decoded.");
        }

        var header = ImageHeader.Read(encoded);
        CheckSize(header, limits);
        header.VerifyComplete(encoded);
        try
        {
            return header.BitDepth > 8 ? DecodeDeep(encoded, header, window ?? (0, ushort.MaxValue)) : DecodeBytes(encoded, header);
        }
        catch (OpenCVException exception)
        {
            throw new ImageRejectedException(ImageRejection.Corrupt, $"{header.Format} is damaged: {exception.ErrMsg}", exception);
        }
    }

    private static void CheckSize(ImageHeader header, DecodeLimits limits)
    {
        if (header.Width > limits.MaxSide || header.Height > limits.MaxSide || (long)header.Width * header.Height > limits.MaxPixels)
        {
            throw new ImageRejectedException(
                ImageRejection.TooLarge,
                $"Image is {header.Width} x {header.Height}; at most {limits.MaxSide} a side and {limits.MaxPixels} pixels are decoded.");
        }
    }

    private static RgbImage DecodeBytes(ReadOnlySpan<byte> encoded, ImageHeader header)
    {
        using var decoded = Cv2.ImDecode(encoded, Rgb | ImreadModes.IgnoreOrientation);
        CheckDecoded(decoded, header, MatType.CV_8UC3);
        return Copy(decoded);
    }

    private static RgbImage DecodeDeep(ReadOnlySpan<byte> encoded, ImageHeader header, (int Low, int High) window)
    {
        if (window.Low >= window.High)
        {
            throw new ArgumentOutOfRangeException(nameof(window), window, "The window's low end must be below its high end.");
        }

        var grey = header.Channels <= 2;
        var mode = ImreadModes.AnyDepth | ImreadModes.IgnoreOrientation | (grey ? ImreadModes.Grayscale : Rgb);
        using var decoded = Cv2.ImDecode(encoded, mode);
        CheckDecoded(decoded, header, grey ? MatType.CV_16UC1 : MatType.CV_16UC3);
        var scale = 255.0 / (window.High - window.Low);
        using Mat bytes = new();
        decoded.ConvertTo(bytes, MatType.CV_8U, scale, -window.Low * scale);
        if (!grey)
        {
            return Copy(bytes);
        }

        using Mat colour = new();
        Cv2.CvtColor(bytes, colour, ColorConversionCodes.GRAY2RGB);
        return Copy(colour);
    }

    private static void CheckDecoded(Mat decoded, ImageHeader header, MatType type)
    {
        if (decoded.Empty())
        {
            throw new ImageRejectedException(ImageRejection.Corrupt, $"{header.Format} of {header.Width} x {header.Height} is damaged: no pixels.");
        }

        if (decoded.Width != header.Width || decoded.Height != header.Height || decoded.Type() != type)
        {
            throw new ImageRejectedException(
                ImageRejection.Corrupt,
                $"{header.Format} says {header.Width} x {header.Height} and holds {decoded.Width} x {decoded.Height} of {decoded.Type()}.");
        }
    }

    private static RgbImage Copy(Mat rgb)
    {
        RgbImage image = new(rgb.Width, rgb.Height);
        unsafe
        {
            // Freshly decoded, so its rows are contiguous.
            MemoryMarshal.CreateReadOnlySpan(ref *rgb.DataPointer, image.Pixels.Length).CopyTo(image.Pixels);
        }

        return image;
    }
}
