namespace IMDD.Learning.Evaluation.Instances;

/// <summary>A box, <c>[x1, x2) × [y1, y2)</c>, pixels; no +1 in areas (COCO).</summary>
public readonly record struct Box(double X1, double Y1, double X2, double Y2)
{
    /// <summary>By its left upper corner and its size, as COCO writes it.</summary>
    public static Box At(double x, double y, double width, double height) => new(x, y, x + width, y + height);

    /// <summary>Square pixels; 0 when empty.</summary>
    public double Area => Math.Max(0, X2 - X1) * Math.Max(0, Y2 - Y1);

    /// <summary>Intersection over union; 0 when both are empty.</summary>
    public double Iou(Box other)
    {
        var intersection = new Box(Math.Max(X1, other.X1), Math.Max(Y1, other.Y1), Math.Min(X2, other.X2), Math.Min(Y2, other.Y2)).Area;
        var union = Area + other.Area - intersection;
        return union > 0 ? intersection / union : 0;
    }
}
