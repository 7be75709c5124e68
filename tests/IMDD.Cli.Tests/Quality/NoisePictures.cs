using IMDD.Imaging;

namespace IMDD.Cli.Tests.Quality;

/// <summary>Small pictures of noise in a folder per class, as the layout <c>folders</c> has them.</summary>
internal static class NoisePictures
{
    private const int Side = 64;

    /// <summary>Writes as many of each class: <c>CLASS/00.png</c> and so on.</summary>
    public static void Write(string folder, int count, params string[] classes)
    {
        foreach (var name in classes)
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            for (var i = 0; i < count; i++)
            {
                using RgbImage image = new(Side, Side);
                new Random(1000 * name[0] + i).NextBytes(image.Pixels);
                File.WriteAllBytes(Path.Combine(folder, name, $"{i:D2}.png"), ImageEncoder.EncodePng(image));
            }
        }
    }
}
