namespace IMDD.Learning.Evaluation.Outside;

/// <summary>An ONNX export of another tool that can be measured.</summary>
public enum OutsideFormat
{
    /// <summary>By the names and shapes of the graph's outputs.</summary>
    Auto,

    /// <summary>Ultralytics YOLOv8 detection.</summary>
    YoloDetection,

    /// <summary>Ultralytics YOLOv8 instance segmentation.</summary>
    YoloSegmentation,

    /// <summary>anomalib PatchCore.</summary>
    PatchCore,

    /// <summary>anomalib EfficientAD.</summary>
    EfficientAd,

    /// <summary>anomalib PaDiM.</summary>
    Padim,
}
