using IMDD.Imaging;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>The real decoder, with something in front of it.</summary>
internal sealed class FaultyDecoder(Func<byte[], bool> before) : IImageDecoder
{
    private readonly OpenCvImageDecoder _decoder = new();

    public RgbImage Decode(ReadOnlySpan<byte> encoded, DecodeLimits limits, (int Low, int High)? window = null)
    {
        before(encoded.ToArray());
        return _decoder.Decode(encoded, limits, window);
    }
}
