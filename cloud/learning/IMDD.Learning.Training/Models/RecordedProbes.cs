using IMDD.Imaging;
using IMDD.Inference.Bundles;
using IMDD.Learning.Onnx.Parity;

namespace IMDD.Learning.Training.Models;

/// <summary>Puts what a network was recorded to say into its bundle.</summary>
internal static class RecordedProbes
{
    /// <summary>Adds a picture with the outputs recorded of it, in a batch of its own.</summary>
    public static void AddProbe(this BundleWriter writer, OnnxProbe probe, RgbImage image, RgbImage? reference)
    {
        var defect = probe.Outputs["defect"];
        writer.AddProbe(
            probe.Name, image, reference, defect.ToSingles(), (int)defect.Dimensions[1], probe.Outputs["image_score"].ToSingles(), probe.Outputs["embedding"].ToSingles());
    }
}
