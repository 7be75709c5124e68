using IMDD.Imaging;
using IMDD.Learning.Datasets.Annotations;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Files;

/// <summary>Reads mask files.</summary>
public static class MaskReader
{
    private static readonly DecodeLimits Limits = new(MaxBytes: 256L << 20);
    private static readonly OpenCvImageDecoder Decoder = new();

    /// <summary>A mask as true and false, row-major.</summary>
    /// <exception cref="AnnotationException">Not readable.</exception>
    public static (int Width, int Height, bool[] Mask) Read(MaskFile mask)
    {
        var raw = mask.Encoding == MaskEncoding.MatlabSegmentation ? Matlab(mask.Path) : Values(mask.Path);
        var threshold = mask.Encoding switch
        {
            MaskEncoding.AboveHalf => 127,
            MaskEncoding.MatlabSegmentation => 1,
            _ => 0,
        };
        return (raw.Width, raw.Height, Array.ConvertAll(raw.Values, v => v > threshold));
    }

    /// <summary>A grey picture's values. Of a colour mask, the largest channel.</summary>
    /// <exception cref="AnnotationException">Not readable.</exception>
    public static MaskValues Values(string path)
    {
        try
        {
            using var image = Decoder.Decode(File.ReadAllBytes(path), Limits);
            var pixels = image.Pixels;
            var values = new byte[image.Width * image.Height];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = Math.Max(pixels[3 * i], Math.Max(pixels[3 * i + 1], pixels[3 * i + 2]));
            }

            return new MaskValues(image.Width, image.Height, values);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ImageRejectedException)
        {
            throw new AnnotationException($"The mask cannot be read: {e.Message}", e);
        }
    }

    private static MaskValues Matlab(string path)
    {
        try
        {
            var segmentation = MatlabSegmentation.Parse(File.ReadAllBytes(path));
            return new MaskValues(segmentation.Width, segmentation.Height, segmentation.Values);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AnnotationException($"The mask cannot be read: {e.Message}", e);
        }
    }
}
