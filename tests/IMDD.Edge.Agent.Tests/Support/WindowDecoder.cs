using IMDD.Imaging;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>Stands for pictures of more than 8 bits: what is seen depends on the window, red with one and grey without.</summary>
internal sealed class WindowDecoder : IImageDecoder
{
    private int _decoded;

    /// <summary>Frames decoded so far.</summary>
    public int Decoded => Volatile.Read(ref _decoded);

    public RgbImage Decode(ReadOnlySpan<byte> encoded, DecodeLimits limits, (int Low, int High)? window = null)
    {
        RgbImage image = new(64, 48);
        image.Pixels.Fill(120);
        for (var i = 0; window is not null && i < image.Pixels.Length; i += 3)
        {
            (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]) = (255, 0, 0);
        }

        Interlocked.Increment(ref _decoded);
        return image;
    }
}
