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

    /// <summary>A passed frame of rows whose shades are drawn by a number, which is its first byte: no two look alike from afar.</summary>
    public static byte[] Striped(int number, int width = 64, int height = 48)
    {
        using RgbImage image = new(width, height);
        Random random = new(number);
        for (var y = 0; y < height; y += 8)
        {
            image.Pixels.Slice(3 * y * width, 3 * 8 * width).Fill((byte)random.Next(60, 190));
        }

        image.Pixels[0] = (byte)number;
        return ImageEncoder.EncodePng(image);
    }

    /// <summary>One colour all over.</summary>
    public static byte[] Plain(byte red, byte green, byte blue, int width = 64, int height = 48)
    {
        using RgbImage image = new(width, height);
        for (var i = 0; i < image.Pixels.Length; i += 3)
        {
            (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]) = (red, green, blue);
        }

        return ImageEncoder.EncodePng(image);
    }

    /// <summary>A scene that stands still before a camera with noise of some levels; each is another picture, and each fifth has a red dot of 2 by 2.</summary>
    public static byte[] Still(int number, int width = 256, int height = 192)
    {
        using RgbImage image = new(width, height);
        Random random = new(number);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = (byte)(Grey + (i / 3 % width / 4) + random.Next(-8, 9));
        }

        for (var i = 0; number % 5 == 0 && i < 4; i++)
        {
            var at = 3 * (((100 + (i / 2)) * width) + 100 + (i % 2));
            (image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]) = (255, 0, 0);
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
