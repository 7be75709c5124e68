using OpenCvSharp;

namespace IMDD.Imaging;

/// <summary>Changes the size of pictures.</summary>
public static class ImageResizer
{
    static ImageResizer() => OpenCvRuntime.Initialize();

    /// <summary>A picture of the given size: averaged when it shrinks, interpolated when it grows.</summary>
    public static RgbImage Resize(RgbImage image, int width, int height)
    {
        RgbImage resized = new(width, height);
        var shrinks = width < image.Width && height < image.Height;
        Resize(image, resized, shrinks ? InterpolationFlags.Area : InterpolationFlags.Linear);
        return resized;
    }

    /// <summary>Fills <paramref name="target"/> with the picture, interpolated bilinearly also when it shrinks, as many networks were trained.</summary>
    public static void Interpolate(RgbImage image, RgbImage target) => Resize(image, target, InterpolationFlags.Linear);

    private static unsafe void Resize(RgbImage image, RgbImage target, InterpolationFlags interpolation)
    {
        fixed (byte* source = image.Pixels)
        fixed (byte* destination = target.Pixels)
        {
            using var from = Mat.FromPixelData(image.Height, image.Width, MatType.CV_8UC3, (nint)source);
            using var to = Mat.FromPixelData(target.Height, target.Width, MatType.CV_8UC3, (nint)destination);
            Cv2.Resize(from, to, to.Size(), interpolation: interpolation);
        }
    }
}
