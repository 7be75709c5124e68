using System.Globalization;
using System.Text;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Inference.Bundles;

namespace IMDD.Inference;

/// <summary>Our options in the words of ONNX Runtime's execution providers.</summary>
internal static class ProviderSettings
{
    /// <summary>Key of the folder of TensorRT's engines; absent where they are not kept.</summary>
    public const string EngineCachePath = "trt_engine_cache_path";

    private const string AnyShape = "any";
    private const int ProfileDigits = 16;

    /// <summary>For the CUDA provider.</summary>
    public static Dictionary<string, string> Cuda(SegmenterOptions options) => new(StringComparer.Ordinal)
    {
        ["device_id"] = Text(options.DeviceId),
        ["enable_cuda_graph"] = Text(options.CudaGraphs),
    };

    /// <summary>For the TensorRT provider.</summary>
    /// <param name="options">Ours.</param>
    /// <param name="manifest">Of the model.</param>
    /// <param name="digest">Of the model.</param>
    /// <param name="rowLength">Elements of a row of <c>text</c>.</param>
    /// <param name="probes">Sizes of the bundle's own pictures, which are run first, pixels.</param>
    public static Dictionary<string, string> TensorRt(
        SegmenterOptions options, BundleManifest manifest, string digest, int rowLength, IReadOnlyList<(int Width, int Height)> probes)
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal)
        {
            ["device_id"] = Text(options.DeviceId),
            ["trt_fp16_enable"] = Text(options.Fp16),
        };
        var profile = options.Engine is { } engine ? Profile(engine, manifest, rowLength, probes) : [];
        foreach (var (key, value) in profile)
        {
            settings[key] = value;
        }

        if (options.EngineCacheDirectory.Length > 0)
        {
            // An engine of another profile would be taken for this one's, and made anew in its place.
            var folder = Path.Combine(Path.GetFullPath(options.EngineCacheDirectory), ModelBundle.AddressPrefix + digest[ContentDigest.Prefix.Length..]);
            settings[EngineCachePath] = Path.Combine(folder, profile.Count == 0 ? AnyShape : NameOf(profile));
            settings["trt_engine_cache_enable"] = Text(true);
            settings["trt_timing_cache_enable"] = Text(true);
            settings["trt_timing_cache_path"] = folder;
        }

        return settings;
    }

    /// <summary>One engine for all of them; without the range it would be built again at each new shape, in the middle of the work.</summary>
    private static Dictionary<string, string> Profile(EngineProfile engine, BundleManifest manifest, int rowLength, IReadOnlyList<(int Width, int Height)> probes)
    {
        var usual = InStrides(engine.Sizes, manifest.Stride);
        List<(int Width, int Height)> sizes = [.. usual, .. InStrides(probes, manifest.Stride)];
        var least = (sizes.Min(size => size.Width), sizes.Min(size => size.Height));
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["trt_profile_min_shapes"] = Shapes(manifest, 1, least, rowLength),
            ["trt_profile_opt_shapes"] = Shapes(manifest, engine.MaxBatch, Largest(usual), rowLength),
            ["trt_profile_max_shapes"] = Shapes(manifest, engine.MaxBatch, Largest(sizes), rowLength),
        };
    }

    private static string NameOf(Dictionary<string, string> profile)
        => ContentDigest.Of(Encoding.UTF8.GetBytes(string.Join('\n', profile.Values)))[ContentDigest.Prefix.Length..][..ProfileDigits];

    private static string Shapes(BundleManifest manifest, int batch, (int Width, int Height) size, int rowLength)
    {
        var picture = string.Create(CultureInfo.InvariantCulture, $"{batch}x{size.Height}x{size.Width}x3");
        List<string> shapes = [$"{SegmenterContract.Image}:{picture}", string.Create(CultureInfo.InvariantCulture, $"{SegmenterContract.Text}:{manifest.Rows.Count}x{rowLength}")];
        if (manifest.TakesReference())
        {
            shapes.Add($"{SegmenterContract.Reference}:{picture}");
        }

        return string.Join(',', shapes);
    }

    private static List<(int Width, int Height)> InStrides(IEnumerable<(int Width, int Height)> sizes, int stride)
        => [.. sizes.Select(size => (EdgePadding.RoundUp(size.Width, stride), EdgePadding.RoundUp(size.Height, stride)))];

    private static (int Width, int Height) Largest(List<(int Width, int Height)> sizes) => (sizes.Max(size => size.Width), sizes.Max(size => size.Height));

    private static string Text(bool value) => value ? "1" : "0";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
