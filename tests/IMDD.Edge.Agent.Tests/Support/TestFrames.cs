using IMDD.Imaging;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>Pictures that <see cref="FakeSegmenter"/> passes or fails.</summary>
internal static class TestFrames
{
    private const byte Grey = 120;

    public static byte[] Good(int width = 64, int height = 48, byte shade = Grey) => Encode(width, height, shade, marked: false);

    /// <summary>With one red square of 8 by 8.</summary>
    public static byte[] Bad(int width = 64, int height = 48, byte shade = Grey) => Encode(width, height, shade, marked: true);

    /// <summary>With one ragged area over the whole frame, a single region whose run lengths are many times the frame's own size in text.</summary>
    /// <param name="size">Pixels of either side.</param>
    /// <param name="mask">What is red, row-major, 1 where set: every even row whole, of each odd row a seeded half.</param>
    public static byte[] Ragged(int size, out byte[] mask)
    {
        Random random = new(20261124);
        mask = new byte[size * size];
        using RgbImage image = new(size, size);
        image.Pixels.Fill(Grey);
        for (var i = 0; i < mask.Length; i++)
        {
            if ((i / size) % 2 == 0 || random.Next(2) == 0)
            {
                mask[i] = 1;
                image.Pixels[3 * i] = 255;
                image.Pixels[(3 * i) + 1] = 0;
                image.Pixels[(3 * i) + 2] = 0;
            }
        }

        return ImageEncoder.EncodePng(image);
    }

    private static byte[] Encode(int width, int height, byte shade, bool marked)
    {
        using RgbImage image = new(width, height);
        image.Pixels.Fill(shade);
        for (var y = 8; marked && y < 16; y++)
        {
            for (var x = 16; x < 24; x++)
            {
                var at = 3 * ((y * width) + x);
                image.Pixels[at] = 255;
                image.Pixels[at + 1] = 0;
                image.Pixels[at + 2] = 0;
            }
        }

        return ImageEncoder.EncodePng(image);
    }
}
