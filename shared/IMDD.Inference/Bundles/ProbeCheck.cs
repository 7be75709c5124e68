using System.Globalization;
using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Imaging;
using IMDD.Safetensors;

namespace IMDD.Inference.Bundles;

/// <summary>Runs a bundle's own pictures through its model: this machine must see in them what the model's maker saw.</summary>
internal static class ProbeCheck
{
    /// <summary>A probe's tensor of the rows that surely name its cells.</summary>
    public const string SureClass = "sure_class";

    private const int MaxProbes = 64;

    // Of cells that are surely named: an edge moves by a cell where a processor rounds otherwise.
    private const double OtherwiseNamed = 0.01;
    private const int OtherwiseNamedCells = 2;

    private static readonly OpenCvImageDecoder Decoder = new();
    private static readonly DecodeLimits Limits = new();

    /// <exception cref="ModelBundleException">The probes are malformed.</exception>
    /// <exception cref="SegmenterException">An output differs by more than the bundle's tolerance.</exception>
    public static void Run(ISegmenter segmenter, ModelBundle bundle)
    {
        if (bundle.Manifest.Probes is not { } probes)
        {
            return;
        }

        try
        {
            foreach (var probe in ReadProbes(bundle))
            {
                CheckReference(probe, bundle.Manifest.TakesReference());
                using var image = Decoder.Decode(bundle.ReadFile(probe.Image), Limits);
                using var reference = probe.Reference is { } path ? Decoder.Decode(bundle.ReadFile(path), Limits) : null;
                CheckSize(probe, image, reference);
                Compare(segmenter.Run([image], reference is null ? null : [reference]).Images[0], SafetensorsFile.Read(bundle.ReadFile(probe.Outputs)), probe, probes.Tolerance, bundle.Manifest.Rows.Count);
            }
        }
        catch (Exception exception) when (exception is JsonException or ImageRejectedException or SafetensorsException)
        {
            throw Malformed(bundle, exception);
        }
    }

    /// <summary>Sizes of the probes' pictures, pixels, by their headers.</summary>
    /// <exception cref="ModelBundleException">The probes are malformed.</exception>
    public static IReadOnlyList<(int Width, int Height)> Sizes(ModelBundle bundle)
    {
        try
        {
            return [.. ReadProbes(bundle).Select(probe => ImageHeader.Read(bundle.ReadFile(probe.Image))).Select(header => (header.Width, header.Height)).Distinct()];
        }
        catch (Exception exception) when (exception is JsonException or ImageRejectedException)
        {
            throw Malformed(bundle, exception);
        }
    }

    private static IEnumerable<BundleProbe> ReadProbes(ModelBundle bundle)
    {
        if (bundle.Manifest.Probes is not { } probes)
        {
            return [];
        }

        var index = bundle.ReadFile(BundleProbeIndex.Path);
        if (ContentDigest.Of(index) != probes.Digest)
        {
            throw new ModelBundleException($"'{BundleProbeIndex.Path}' does not have the digest {probes.Digest} of the manifest.");
        }

        var listed = ImddJson.Deserialize<BundleProbeIndex>(index).Probes;
        return listed.Count <= MaxProbes
            ? listed
            : throw new ModelBundleException($"'{BundleProbeIndex.Path}' lists {listed.Count} probes; at most {MaxProbes} are run.");
    }

    private static ModelBundleException Malformed(ModelBundle bundle, Exception exception)
        => new($"The probes of {bundle.Directory} are malformed: {exception.Message}", exception);

    private static void CheckReference(BundleProbe probe, bool isTaken)
    {
        if (probe.Reference is not null != isTaken)
        {
            throw new ModelBundleException(
                $"'{BundleProbeIndex.Path}': probe '{probe.Image}' {(isTaken ? "has no reference, with which this model compares" : "has a reference, which this model does not take")}.");
        }
    }

    private static void CheckSize(BundleProbe probe, RgbImage image, RgbImage? reference)
    {
        if (reference is not null && (reference.Width != image.Width || reference.Height != image.Height))
        {
            throw new ModelBundleException(
                $"'{probe.Reference}' is {reference.Width} x {reference.Height}; expected {image.Width} x {image.Height} as '{probe.Image}'.");
        }
    }

    private static void Compare(
        SegmentationResult result, IReadOnlyDictionary<string, Float32Tensor> expected, BundleProbe probe, double tolerance, int rows)
    {
        var defect = new float[result.Width * result.Height];
        for (var row = 0; row < result.Height; row++)
        {
            result.Defect.Span.Slice(row * result.RowStride, result.Width).CopyTo(defect.AsSpan(row * result.Width));
        }

        Compare(SegmenterContract.Defect, defect, expected, probe, tolerance);
        Compare(SegmenterContract.ImageScore, [result.ImageScore], expected, probe, tolerance);
        Compare(SegmenterContract.Embedding, result.Embedding.Span, expected, probe, tolerance);
        CompareNames(result, expected, probe, rows);
    }

    private static void CompareNames(SegmentationResult result, IReadOnlyDictionary<string, Float32Tensor> expected, BundleProbe probe, int rows)
    {
        if (probe.Rows is not { } rowsThen)
        {
            return;
        }

        if (rowsThen < 1 || rowsThen > rows)
        {
            throw new ModelBundleException($"'{BundleProbeIndex.Path}': probe '{probe.Image}' is of {rowsThen} rows; expected 1 to {rows}.");
        }

        if (!expected.TryGetValue(SureClass, out var tensor) || tensor.Values.Length != result.Width * result.Height)
        {
            throw new ModelBundleException($"'{probe.Outputs}' has no tensor '{SureClass}' of {result.Width * result.Height} elements.");
        }

        var (sure, otherwise) = (0, 0);
        for (var row = 0; row < result.Height; row++)
        {
            for (var column = 0; column < result.Width; column++)
            {
                var named = result.Class.Span[(row * result.RowStride) + column];
                var known = tensor.Values.Span[(row * result.Width) + column];

                // A row that was added since may name what it fits better.
                if (known >= 0 && (named < rowsThen || named >= rows))
                {
                    sure++;
                    otherwise += named == known ? 0 : 1;
                }
            }
        }

        if (otherwise > Math.Max(OtherwiseNamedCells, OtherwiseNamed * sure))
        {
            throw new SegmenterException(
                $"Output '{SegmenterContract.Class}' of probe '{probe.Image}' names {otherwise} of {sure} cells otherwise that are surely named. This machine does not compute what the model's maker computed.",
                fault: SegmenterFault.Probe);
        }
    }

    private static void Compare(
        string name, ReadOnlySpan<float> actual, IReadOnlyDictionary<string, Float32Tensor> expected, BundleProbe probe, double tolerance)
    {
        if (!expected.TryGetValue(name, out var tensor) || tensor.Values.Length != actual.Length)
        {
            throw new ModelBundleException($"'{probe.Outputs}' has no tensor '{name}' of {actual.Length} elements.");
        }

        double largest = 0;
        for (var index = 0; index < actual.Length; index++)
        {
            largest = Math.Max(largest, Math.Abs(actual[index] - tensor.Values.Span[index]));
        }

        if (!(largest <= tolerance))
        {
            throw new SegmenterException(string.Create(
                CultureInfo.InvariantCulture,
                $"Output '{name}' of probe '{probe.Image}' is off by {largest:G3}; the bundle allows {tolerance:G3}. This machine does not compute what the model's maker computed."), fault: SegmenterFault.Probe);
        }
    }
}
