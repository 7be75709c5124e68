using OpenCvSharp;

namespace IMDD.Imaging;

/// <summary>Encodes RGB pixels as JPEG or PNG.</summary>
public static class ImageEncoder
{
    // IMWRITE_JPEG_SAMPLING_FACTOR and its value for 4:4:4.
    private const ImwriteFlags SamplingFactor = (ImwriteFlags)7;
    private const int FullChroma = 0x111111;

    static ImageEncoder() => OpenCvRuntime.Initialize();

    /// <summary>JPEG of <paramref name="quality"/> 1 to 100, chroma at full resolution: thin coloured marks survive.</summary>
    public static byte[] EncodeJpeg(RgbImage image, int quality = 90)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        return Encode(
            image,
            ".jpg",
            new ImageEncodingParam(ImwriteFlags.JpegQuality, quality),
            new ImageEncodingParam(SamplingFactor, FullChroma));
    }

    /// <summary>PNG, lossless. <paramref name="compression"/> 0 (none) to 9 (smallest).</summary>
    public static byte[] EncodePng(RgbImage image, int compression = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(compression, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(compression, 9);
        return Encode(image, ".png", new ImageEncodingParam(ImwriteFlags.PngCompression, compression));
    }

    /// <summary>PNG of one 8-bit channel, such as a mask. <paramref name="pixels"/> is <c>height × width</c>.</summary>
    public static byte[] EncodeGreyPng(ReadOnlySpan<byte> pixels, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, width * height);
        unsafe
        {
            fixed (byte* start = pixels)
            {
                using var grey = Mat.FromPixelData(height, width, MatType.CV_8UC1, (nint)start);
                return Encode(".png", grey, new ImageEncodingParam(ImwriteFlags.PngCompression, 3));
            }
        }
    }

    /// <summary>PNG with transparency. <paramref name="pixels"/> is <c>height × width × 4</c>, red, green, blue, alpha (not premultiplied).</summary>
    public static byte[] EncodeRgbaPng(ReadOnlySpan<byte> pixels, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, width * height * 4);
        unsafe
        {
            fixed (byte* start = pixels)
            {
                using var rgba = Mat.FromPixelData(height, width, MatType.CV_8UC4, (nint)start);
                using Mat bgra = new();
                Cv2.CvtColor(rgba, bgra, ColorConversionCodes.RGBA2BGRA);
                return Encode(".png", bgra, new ImageEncodingParam(ImwriteFlags.PngCompression, 3));
            }
        }
    }

    private static byte[] Encode(RgbImage image, string extension, params ImageEncodingParam[] parameters)
    {
        unsafe
        {
            fixed (byte* start = image.Pixels)
            {
                using var rgb = Mat.FromPixelData(image.Height, image.Width, MatType.CV_8UC3, (nint)start);
                using Mat bgr = new();
                Cv2.CvtColor(rgb, bgr, ColorConversionCodes.RGB2BGR);
                return Encode(extension, bgr, parameters);
            }
        }
    }

    private static byte[] Encode(string extension, Mat picture, params ImageEncodingParam[] parameters)
    {
        Cv2.ImEncode(extension, picture, out var encoded, parameters);
        return encoded;
    }
}
