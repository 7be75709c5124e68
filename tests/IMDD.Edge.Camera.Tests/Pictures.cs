using IMDD.Imaging;

namespace IMDD.Edge.Camera.Tests;

/// <summary>Small encoded pictures.</summary>
internal static class Pictures
{
    public static byte[] Png(int width, int height, byte level)
    {
        using RgbImage image = new(width, height);
        image.Pixels.Fill(level);
        return ImageEncoder.EncodePng(image);
    }
}
