using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Delivery;
using IMDD.Edge.Agent.Inspection;
using IMDD.Hosting;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Inference.Tiling;

namespace IMDD.Edge.Agent.Examples;

/// <summary>
/// A second model that sees some frames after they are decided, on one thread that gets what the line leaves over, and decides nothing. Used by one caller at
/// a time.
/// </summary>
internal sealed class ShadowModel(HardExampleOptions options, BundleOpener opener, IImageDecoder decoder, AgentOptions agent) : IDisposable
{
    /// <summary>Of another verdict: at least this much, and more the farther the two image scores lie apart.</summary>
    private const double OtherVerdict = 0.5;

    private ISegmenter? _segmenter;
    private TiledRun? _tiled;

    public bool IsThere => _segmenter is not null;

    /// <summary>Loads the bundle that the options name, if any.</summary>
    /// <exception cref="ConfigurationInvalidException">It is none, or does not run here.</exception>
    public async Task LoadAsync()
    {
        if (!options.Enabled || options.ShadowBundle.Length == 0)
        {
            return;
        }

        var key = $"{HardExampleOptions.Section}:{nameof(options.ShadowBundle)}";
        var folder = ModelLoader.Find(options.ShadowBundle);
        try
        {
            var bundle = opener.Open(folder);
            _segmenter = await LowPriority.RunAsync(
                () => SegmenterFactory.Create(bundle, opener.Options(opener.NamedFrames(cameras: []), bundle.Manifest, cameras: []) with { Threads = 1, MaxBatch = 1 }));
            _tiled = new TiledRun(maxBatch: 1);
        }
        catch (ModelBundleException e)
        {
            throw new ConfigurationInvalidException(key, $"must be a folder with a model bundle; {folder}: {e.Message}", e);
        }
        catch (SegmenterException e)
        {
            throw new ConfigurationInvalidException(key, $"the bundle {folder} does not run: {e.Message}", e);
        }
    }

    /// <summary>
    /// How much it disagrees, 0 to 1: at least one half where its verdict is another; one half where both fail the frame and no name is the same, less where
    /// some are. Null where it cannot see the frame.
    /// </summary>
    public Task<double?> DisagreementAsync(ExampleJob job)
        => _segmenter is null ? Task.FromResult<double?>(null) : LowPriority.RunAsync(() => Disagreement(_segmenter, job));

    /// <inheritdoc/>
    public void Dispose()
    {
        _segmenter?.Dispose();
        _tiled?.Dispose();
    }

    /// <summary>How much two decisions on a frame differ.</summary>
    public static double Between(Decision one, Decision other)
    {
        if (one.Verdict != other.Verdict)
        {
            return OtherVerdict + (OtherVerdict * Math.Abs((one.ImageScore ?? 0) - (other.ImageScore ?? 0)));
        }

        var (names, others) = (Names(one), Names(other));
        var all = names.Union(others, StringComparer.Ordinal).Count();
        return one.Verdict != Verdict.Fail || all == 0 ? 0 : OtherVerdict * (all - names.Intersect(others, StringComparer.Ordinal).Count()) / all;
    }

    private static HashSet<string> Names(Decision decision) => [.. decision.Regions.Select(r => r.Class)];

    private double? Disagreement(ISegmenter segmenter, ExampleJob job)
    {
        using var image = decoder.Decode(job.Picture, new DecodeLimits(agent.MaxFrameBytes, agent.MaxFramePixels), job.Recipe.Window);
        RgbImage? reference = null;
        if (segmenter.Manifest.TakesReference())
        {
            reference = job.Line.Reference?.Image;
            if (reference is null || reference.Width != image.Width || reference.Height != image.Height)
            {
                return null;
            }
        }

        var result = job.Line.Tiles is { } tiles
            ? _tiled!.Run(segmenter, tiles, image, reference)
            : segmenter.Run([image], reference is null ? null : [reference]).Images[0];
        var model = new ModelReference(segmenter.Manifest.Name, segmenter.Manifest.Version, segmenter.Digest);
        return Between(job.Decision, RecipeEvaluator.Judge(result, segmenter.Manifest, job.Recipe.Resolve(segmenter.Manifest), image.Width, image.Height, model));
    }
}
