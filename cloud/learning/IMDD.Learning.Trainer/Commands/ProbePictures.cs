using IMDD.Contracts.Events;
using IMDD.Imaging;
using IMDD.Inference.Bundles;
using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Trainer.Commands;

/// <summary>The pictures that a bundle was compared on when it was made.</summary>
internal static class ProbePictures
{
    /// <summary>Reads them; none where the bundle has none.</summary>
    public static IReadOnlyList<TrainingPicture> Of(ModelBundle bundle)
    {
        if (bundle.Manifest.Probes is null)
        {
            return [];
        }

        OpenCvImageDecoder decoder = new();
        return [.. ImddJson.Deserialize<BundleProbeIndex>(bundle.ReadFile(BundleProbeIndex.Path)).Probes.Select(Picture)];

        TrainingPicture Picture(BundleProbe probe)
        {
            using var image = decoder.Decode(bundle.ReadFile(probe.Image), new DecodeLimits());
            return new TrainingPicture
            {
                Id = probe.Image,
                Dataset = 0,
                Width = image.Width,
                Height = image.Height,
                Rgb = image.Pixels.ToArray(),
                Reference = probe.Reference is { } reference ? Bytes(reference) : null,
                ClassIndices = [],
            };
        }

        byte[] Bytes(string path)
        {
            using var image = decoder.Decode(bundle.ReadFile(path), new DecodeLimits());
            return image.Pixels.ToArray();
        }
    }
}
