using IMDD.Imaging;

namespace IMDD.Inference.Tiling;

/// <summary>The planes of a whole frame, put together of its tiles'.</summary>
internal sealed class StitchedPlanes
{
    private int _width;
    private int _height;
    private int _outputStride;
    private float[] _defect = [];
    private int[] _class = [];
    private float[] _classScore = [];
    private float[] _classMargin = [];
    private float[] _embedding = [];
    private float _imageScore;

    /// <summary>Begins a frame of so many output pixels.</summary>
    public void Start(int width, int height, int outputStride)
    {
        (_width, _height, _outputStride) = (width, height, outputStride);
        var length = checked(width * height);
        if (_defect.Length < length)
        {
            _defect = new float[length];
            _class = new int[length];
            _classScore = new float[length];
            _classMargin = new float[length];
        }

        _embedding.AsSpan().Clear();
        _imageScore = float.NegativeInfinity;
    }

    /// <summary>Takes what a tile answers for; its image score if it is the worst; its embedding into the mean.</summary>
    public void Add(SegmentationResult tile, TileAxis across, int column, TileAxis down, int row)
    {
        var (left, right) = Cells(across.Own(column));
        var (top, bottom) = Cells(down.Own(row));
        var (tileLeft, tileTop) = (across.Start(column) / _outputStride, down.Start(row) / _outputStride);
        for (var y = top; y < bottom; y++)
        {
            var from = ((y - tileTop) * tile.RowStride) + left - tileLeft;
            var to = (y * _width) + left;
            tile.Defect.Span.Slice(from, right - left).CopyTo(_defect.AsSpan(to));
            tile.Class.Span.Slice(from, right - left).CopyTo(_class.AsSpan(to));
            tile.ClassScore.Span.Slice(from, right - left).CopyTo(_classScore.AsSpan(to));
            tile.ClassMargin.Span.Slice(from, right - left).CopyTo(_classMargin.AsSpan(to));
        }

        _imageScore = Math.Max(_imageScore, tile.ImageScore);
        if (_embedding.Length != tile.Embedding.Length)
        {
            _embedding = new float[tile.Embedding.Length];
        }

        for (var index = 0; index < _embedding.Length; index++)
        {
            _embedding[index] += tile.Embedding.Span[index];
        }
    }

    /// <summary>The frame as if it had been run whole; views on this memory.</summary>
    public SegmentationResult Finish(int imageWidth, int imageHeight, int tiles)
    {
        for (var index = 0; index < _embedding.Length; index++)
        {
            _embedding[index] /= tiles;
        }

        var length = _width * _height;
        return new SegmentationResult
        {
            Width = EdgePadding.RoundUp(imageWidth, _outputStride) / _outputStride,
            Height = EdgePadding.RoundUp(imageHeight, _outputStride) / _outputStride,
            RowStride = _width,
            OutputStride = _outputStride,
            Defect = _defect.AsMemory(0, length),
            Class = _class.AsMemory(0, length),
            ClassScore = _classScore.AsMemory(0, length),
            ClassMargin = _classMargin.AsMemory(0, length),
            ImageScore = _imageScore,
            Embedding = _embedding,
        };
    }

    private (int From, int To) Cells((int From, int To) pixels) => (pixels.From / _outputStride, pixels.To / _outputStride);
}
