namespace IMDD.Learning.Evaluation.Outside;

/// <summary>How detections are taken from a YOLO export. The defaults are those of Ultralytics, its validation's for the confidence.</summary>
public sealed record YoloOptions
{
    /// <summary>Detections below are dropped; low, since average precision ranks them all.</summary>
    public float MinConfidence { get; init; } = 0.001f;

    /// <summary>From this confidence on a detection decides: Ultralytics' default for prediction.</summary>
    public float Threshold { get; init; } = 0.25f;

    /// <summary>Of two boxes of one class that overlap more than this (IoU), the less sure is dropped.</summary>
    public double MaxOverlap { get; init; } = 0.7;

    /// <summary>Most detections kept.</summary>
    public int MaxDetections { get; init; } = 300;
}
