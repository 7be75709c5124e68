namespace IMDD.Imaging.Tests;

/// <summary>Small pictures with known pixels.</summary>
internal static class Pictures
{
    /// <summary>A different colour at every pixel, smooth enough for JPEG.</summary>
    public static RgbImage Gradient(int width, int height)
    {
        RgbImage image = new(width, height);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                image.Pixels[((y * width) + x) * 3] = (byte)(x * 255 / Math.Max(1, width - 1));
                image.Pixels[(((y * width) + x) * 3) + 1] = (byte)(y * 255 / Math.Max(1, height - 1));
                image.Pixels[(((y * width) + x) * 3) + 2] = (byte)((x + y) % 256);
            }
        }

        return image;
    }

    /// <summary>An uncompressed 24-bit bitmap, rows from top to bottom.</summary>
    public static byte[] Bmp(RgbImage image, bool topDown = true)
    {
        var rowBytes = ((image.Width * 3) + 3) / 4 * 4;
        var file = new byte[54 + (rowBytes * image.Height)];
        "BM"u8.CopyTo(file);
        BitConverter.TryWriteBytes(file.AsSpan(10), 54);
        BitConverter.TryWriteBytes(file.AsSpan(14), 40);
        BitConverter.TryWriteBytes(file.AsSpan(18), image.Width);
        BitConverter.TryWriteBytes(file.AsSpan(22), topDown ? -image.Height : image.Height);
        BitConverter.TryWriteBytes(file.AsSpan(26), (short)1);
        BitConverter.TryWriteBytes(file.AsSpan(28), (short)24);
        for (var y = 0; y < image.Height; y++)
        {
            var row = topDown ? y : image.Height - 1 - y;
            for (var x = 0; x < image.Width; x++)
            {
                for (var channel = 0; channel < 3; channel++)
                {
                    file[54 + (row * rowBytes) + (x * 3) + channel] = image.Pixels[(((y * image.Width) + x) * 3) + 2 - channel];
                }
            }
        }

        return file;
    }

    /// <summary>An uncompressed grey TIFF of 16 bits in one strip.</summary>
    public static byte[] Tiff16(int width, int height, ReadOnlySpan<ushort> pixels)
    {
        (ushort Tag, ushort Type, uint Value)[] entries =
        [
            (256, 3, (uint)width), (257, 3, (uint)height), (258, 3, 16), (259, 3, 1), (262, 3, 1), (273, 4, 8),
            (277, 3, 1), (278, 3, (uint)height), (279, 4, (uint)(pixels.Length * 2)),
        ];
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write("II*\0"u8);
        writer.Write((uint)(8 + (pixels.Length * 2)));
        foreach (var pixel in pixels)
        {
            writer.Write(pixel);
        }

        writer.Write((ushort)entries.Length);
        foreach (var (tag, type, value) in entries)
        {
            writer.Write(tag);
            writer.Write(type);
            writer.Write(1u);
            writer.Write(value);
        }

        writer.Write(0u);
        return stream.ToArray();
    }
}
