using IMDD.Imaging;
using IMDD.Synthetics;

namespace IMDD.Edge.Camera.Sources;

/// <summary>Rendered surfaces of one product: a loop rendered beforehand, or each frame anew.</summary>
internal sealed class SyntheticFrameSource : IFrameSource
{
    private readonly SurfaceGenerator _generator;
    private readonly ulong _seed;
    private readonly int _quality;
    private readonly SourceFrame[] _loop;
    private ulong _next;

    /// <param name="options">The product.</param>
    /// <param name="seed">Seed of the first frame; the following have the following.</param>
    /// <param name="quality">JPEG.</param>
    /// <param name="loopFrames">Length of the loop; 0: none.</param>
    public SyntheticFrameSource(SurfaceOptions options, ulong seed, int quality, int loopFrames)
    {
        _generator = new SurfaceGenerator(options);
        _seed = seed;
        _quality = quality;
        _loop = new SourceFrame[loopFrames];
        for (var i = 0; i < loopFrames; i++)
        {
            _loop[i] = Render((ulong)i);
        }
    }

    public SourceFrame Next()
    {
        var index = _next++;
        return _loop.Length > 0 ? _loop[index % (ulong)_loop.Length] : Render(index);
    }

    public void Dispose()
    {
        // Memory only.
    }

    private SourceFrame Render(ulong index)
    {
        var sample = _generator.Generate(_seed + index);
        using RgbImage image = new(sample.Width, sample.Height);
        sample.Rgb.CopyTo(image.Pixels);
        return new SourceFrame(ImageEncoder.EncodeJpeg(image, _quality), "image/jpeg", sample.Width, sample.Height, sample with { Rgb = [] });
    }
}
