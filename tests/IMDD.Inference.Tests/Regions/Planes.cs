namespace IMDD.Inference.Tests.Regions;

/// <summary>Outputs of a segmenter that never ran.</summary>
internal sealed class Planes(int width, int height, int scale = 1, int padding = 0)
{
    private readonly int _rowStride = width + padding;

    public float[] Defect { get; } = new float[(width + padding) * (height + padding)];

    public int[] Class { get; } = new int[(width + padding) * (height + padding)];

    public float[] ClassScore { get; } = new float[(width + padding) * (height + padding)];

    /// <summary>Fills a rectangle of cells.</summary>
    public Planes Fill(int x, int y, int columns, int rows, float defect, int row = 0, float classScore = 0.9f)
    {
        for (var cellY = y; cellY < y + rows; cellY++)
        {
            for (var cellX = x; cellX < x + columns; cellX++)
            {
                var index = (cellY * _rowStride) + cellX;
                Defect[index] = defect;
                Class[index] = row;
                ClassScore[index] = classScore;
            }
        }

        return this;
    }

    public SegmentationResult Result(float imageScore = 0) => new()
    {
        Width = width,
        Height = height,
        RowStride = _rowStride,
        OutputStride = scale,
        Defect = Defect,
        Class = Class,
        ClassScore = ClassScore,
        ClassMargin = new float[Defect.Length],
        ImageScore = imageScore,
        Embedding = new float[1],
    };
}
