using IMDD.Learning.Evaluation.Models;

namespace IMDD.Learning.Evaluation.Outside;

/// <summary>Opens the ONNX exports of other tools, so that they are measured on the same pictures with the same metrics.</summary>
public static class OutsideModel
{
    /// <summary>Loads an export.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="format">What it is.</param>
    /// <param name="yolo">How detections are taken from a YOLO export.</param>
    /// <param name="threads">Of one run; 0: one per core.</param>
    /// <exception cref="OutsideModelException">It does not load or has another signature; the message lists what was found and what was expected.</exception>
    public static IMeasuredModel Open(string path, OutsideFormat format, YoloOptions? yolo = null, int threads = 0)
    {
        OnnxModelFile file = new(path, threads);
        try
        {
            return Create(file, format, yolo ?? new YoloOptions());
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static IMeasuredModel Create(OnnxModelFile file, OutsideFormat format, YoloOptions yolo) => format switch
    {
        OutsideFormat.YoloDetection => YoloModel.Create(file, segments: false, yolo),
        OutsideFormat.YoloSegmentation => YoloModel.Create(file, segments: true, yolo),
        OutsideFormat.PatchCore or OutsideFormat.EfficientAd or OutsideFormat.Padim => AnomalyModel.Create(file, format),
        _ when YoloModel.Fits(file, segments: true) => YoloModel.Create(file, segments: true, yolo),
        _ when YoloModel.Fits(file, segments: false) => YoloModel.Create(file, segments: false, yolo),
        _ when AnomalyModel.Fits(file) => AnomalyModel.Create(file, OutsideFormat.Auto),
        _ => throw new OutsideModelException(
            $"'{file.Path}' is no export that is known here. Expected for YOLOv8 detection {YoloModel.DetectionSignature}; for YOLOv8 segmentation "
            + $"{YoloModel.SegmentationSignature}; for anomalib {AnomalyModel.Signature}. Found {file.Signature()}."),
    };
}
