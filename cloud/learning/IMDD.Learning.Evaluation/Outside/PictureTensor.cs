using IMDD.Imaging;

namespace IMDD.Learning.Evaluation.Outside;

/// <summary>Pictures as PyTorch exports take them.</summary>
internal static class PictureTensor
{
    /// <summary>RGB planes of values from 0 to 1, <c>3 × height × width</c>.</summary>
    public static float[] Of(RgbImage image)
    {
        var plane = image.Width * image.Height;
        var tensor = new float[3 * plane];
        var pixels = image.Pixels;
        for (var i = 0; i < plane; i++)
        {
            tensor[i] = pixels[3 * i] / 255f;
            tensor[plane + i] = pixels[3 * i + 1] / 255f;
            tensor[2 * plane + i] = pixels[3 * i + 2] / 255f;
        }

        return tensor;
    }
}
