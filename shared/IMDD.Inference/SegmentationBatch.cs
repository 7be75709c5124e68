namespace IMDD.Inference;

/// <summary>Outputs of one run, image by image. Valid until the session's next run.</summary>
public sealed class SegmentationBatch(IReadOnlyList<SegmentationResult> images)
{
    /// <summary>In the order of the inputs.</summary>
    public IReadOnlyList<SegmentationResult> Images { get; } = images;
}
