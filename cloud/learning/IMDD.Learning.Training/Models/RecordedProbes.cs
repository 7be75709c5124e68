using IMDD.Imaging;
using IMDD.Inference.Bundles;
using IMDD.Learning.Onnx.Parity;

namespace IMDD.Learning.Training.Models;

/// <summary>Puts what a network was recorded to say into its bundle.</summary>
internal static class RecordedProbes
{
    /// <summary>Adds a picture with the outputs recorded of it, in a batch of its own; after the rows of text.</summary>
    /// <param name="writer">Of the bundle.</param>
    /// <param name="probe">What was recorded.</param>
    /// <param name="image">The picture.</param>
    /// <param name="reference">What the model compares it with; null where it takes none.</param>
    /// <param name="withNames">False where what was recorded is of more bits than the bundle's model, whose names may be others.</param>
    public static void AddProbe(this BundleWriter writer, OnnxProbe probe, RgbImage image, RgbImage? reference, bool withNames = true)
    {
        var defect = probe.Outputs["defect"];
        writer.AddProbe(
            probe.Name,
            image,
            reference,
            new ProbeOutputs((int)defect.Dimensions[1], defect.ToSingles(), probe.Outputs["image_score"].ToSingles(), probe.Outputs["embedding"].ToSingles())
            {
                SureClass = withNames ? Sure(probe) : null,
            });
    }

    private static ReadOnlyMemory<float>? Sure(OnnxProbe probe)
        => probe.Outputs["class"].ToSingles().Zip(probe.Outputs["class_margin"].ToSingles(), (row, lead) => lead >= ProbeOutputs.SureMargin ? row : -1).ToArray();
}
