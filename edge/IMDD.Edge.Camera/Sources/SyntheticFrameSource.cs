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
    private readonly NewKind? _newKind;
    private ulong _next;

    /// <param name="options">The product.</param>
    /// <param name="seed">Seed of the first frame; the following have the following.</param>
    /// <param name="quality">JPEG.</param>
    /// <param name="loopFrames">Length of the loop; 0: none.</param>
    /// <param name="newKind">What turns up after a while; null: nothing.</param>
    public SyntheticFrameSource(SurfaceOptions options, ulong seed, int quality, int loopFrames, NewKind? newKind = null)
    {
        _generator = new SurfaceGenerator(options);
        _seed = seed;
        _quality = quality;
        _newKind = newKind;
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
        var seed = _seed + index;
        var sample = _newKind is { } newKind && newKind.Shows(seed, index) ? _generator.Generate(seed, [newKind.Kind]) : _generator.Generate(seed);
        using RgbImage image = new(sample.Width, sample.Height);
        sample.Rgb.CopyTo(image.Pixels);
        return new SourceFrame(ImageEncoder.EncodeJpeg(image, _quality), "image/jpeg", sample.Width, sample.Height, sample with { Rgb = [] });
    }
}
