using IMDD.Edge.Camera.Configuration;
using IMDD.Synthetics;

namespace IMDD.Edge.Camera.Sources;

/// <summary>Makes one source per camera.</summary>
internal static class FrameSourceFactory
{
    // Far enough apart that no two cameras ever show the same synthetic frame.
    private const ulong SeedsPerCamera = 1UL << 40;

    /// <exception cref="FrameSourceException">Nothing to send; the message names folder or file.</exception>
    public static IReadOnlyList<IFrameSource> Create(CameraOptions options)
    {
        var count = options.CameraNames.Count;
        switch (options.Source)
        {
            case FrameSourceKind.Folder:
                var files = ImageFolder.List(options.Folder!);
                return [.. Enumerable.Range(0, count).Select(i => new FolderFrameSource(files, i, count, options.MaxFrameBytes))];
            case FrameSourceKind.Video:
                return [.. Enumerable.Range(0, count).Select(_ => new VideoFrameSource(options.Video!, options.JpegQuality))];
            default:
                var sources = new IFrameSource[count];
                Parallel.For(0, count, i => sources[i] = Synthetic(options, i));
                return sources;
        }
    }

    private static SyntheticFrameSource Synthetic(CameraOptions options, int camera)
    {
        var synthetic = options.Synthetic;
        var textures = synthetic.Textures.Count > 0 ? [.. synthetic.Textures] : Enum.GetValues<SurfaceTexture>();
        SurfaceOptions surface = new()
        {
            Texture = textures[camera % textures.Length],
            Width = synthetic.Size,
            Height = synthetic.Size,
            ProductSeed = synthetic.Seed + (ulong)camera,
            DefectRate = synthetic.DefectRate,
            Kinds = [.. synthetic.Kinds.Select(k => DefectKinds.TryParse(k, out var kind) ? kind : throw new FrameSourceException($"'{k}' is no kind."))],
            Parts = synthetic.Parts,
            Clutter = synthetic.Clutter,
            Variation = synthetic.Variation,
        };
        NewKind? newKind = synthetic.NewKind is { } name && DefectKinds.TryParse(name, out var later)
            ? new NewKind(later, (ulong)synthetic.NewKindAfterFrames, synthetic.NewKindRate)
            : null;
        return new SyntheticFrameSource(surface, (ulong)camera * SeedsPerCamera, options.JpegQuality, synthetic.LoopFrames, newKind);
    }
}
