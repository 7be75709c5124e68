using OpenCvSharp;

namespace IMDD.Imaging;

/// <summary>Changes the size of pictures.</summary>
public static class ImageResizer
{
    static ImageResizer() => OpenCvRuntime.Initialize();

    /// <summary>A picture of the given size: averaged when it shrinks, interpolated when it grows.</summary>
    public static unsafe RgbImage Resize(RgbImage image, int width, int height)
    {
        RgbImage resized = new(width, height);
        var shrinks = width < image.Width && height < image.Height;
        fixed (byte* source = image.Pixels)
        fixed (byte* target = resized.Pixels)
        {
            using var from = Mat.FromPixelData(image.Height, image.Width, MatType.CV_8UC3, (nint)source);
            using var to = Mat.FromPixelData(height, width, MatType.CV_8UC3, (nint)target);
            Cv2.Resize(from, to, to.Size(), interpolation: shrinks ? InterpolationFlags.Area : InterpolationFlags.Linear);
        }

        return resized;
    }
}
