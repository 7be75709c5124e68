namespace IMDD.Imaging;

/// <summary>Pads pictures to the right and below by repeating their edge.</summary>
public static class EdgePadding
{
    private const int Channels = 3;

    /// <summary>Smallest multiple of <paramref name="multiple"/> that holds <paramref name="size"/>.</summary>
    public static int RoundUp(int size, int multiple) => checked((size + multiple - 1) / multiple * multiple);

    /// <summary>Copies <paramref name="image"/> into <paramref name="destination"/>, <c>height × width × 3</c> bytes, and fills the rest.</summary>
    public static void Copy(RgbImage image, Span<byte> destination, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, image.Width);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, image.Height);
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, width * height * Channels);
        ReadOnlySpan<byte> pixels = image.Pixels;
        if (width == image.Width)
        {
            pixels.CopyTo(destination);
        }
        else
        {
            CopyRows(pixels, image.Width * Channels, destination, width * Channels);
        }

        var rowBytes = width * Channels;
        var last = destination.Slice((image.Height - 1) * rowBytes, rowBytes);
        for (var row = image.Height; row < height; row++)
        {
            last.CopyTo(destination[(row * rowBytes)..]);
        }
    }

    /// <summary>
    /// Fills <paramref name="target"/> with the part of <paramref name="image"/> that begins at (<paramref name="left"/>, <paramref name="top"/>);
    /// where it reaches over the right or lower edge, that is repeated.
    /// </summary>
    public static void CopyWindow(RgbImage image, int left, int top, RgbImage target)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(left, image.Width);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(top, image.Height);
        ReadOnlySpan<byte> pixels = image.Pixels;
        var destination = target.Pixels;
        var inside = Math.Min(target.Width, image.Width - left) * Channels;
        for (var row = 0; row < target.Height; row++)
        {
            var source = pixels.Slice(((Math.Min(top + row, image.Height - 1) * image.Width) + left) * Channels, inside);
            var line = destination.Slice(row * target.Width * Channels, target.Width * Channels);
            source.CopyTo(line);
            for (var position = inside; position < line.Length; position += Channels)
            {
                source[^Channels..].CopyTo(line[position..]);
            }
        }
    }

    private static void CopyRows(ReadOnlySpan<byte> pixels, int sourceRowBytes, Span<byte> destination, int rowBytes)
    {
        for (var row = 0; (row * sourceRowBytes) < pixels.Length; row++)
        {
            var source = pixels.Slice(row * sourceRowBytes, sourceRowBytes);
            var target = destination.Slice(row * rowBytes, rowBytes);
            source.CopyTo(target);
            var edge = source[^Channels..];
            for (var position = sourceRowBytes; position < rowBytes; position += Channels)
            {
                edge.CopyTo(target[position..]);
            }
        }
    }
}
