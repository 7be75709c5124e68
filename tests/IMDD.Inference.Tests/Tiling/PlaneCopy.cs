namespace IMDD.Inference.Tests.Tiling;

/// <summary>A copy of what belongs to the image, to be compared. Not the embedding: of tiles it is a mean.</summary>
internal sealed record PlaneCopy(string Defect, string Class, string ClassScore, string ClassMargin, (int, int, int) Size, float ImageScore)
{
    public static PlaneCopy Of(SegmentationResult result) => new(
        Text(result, result.Defect), Text(result, result.Class), Text(result, result.ClassScore), Text(result, result.ClassMargin),
        (result.Width, result.Height, result.OutputStride), result.ImageScore);

    private static string Text<T>(SegmentationResult result, ReadOnlyMemory<T> plane)
    {
        var rows = Enumerable.Range(0, result.Height).Select(row => string.Join(' ', plane.Slice(row * result.RowStride, result.Width).ToArray()));
        return string.Join('\n', rows);
    }
}
