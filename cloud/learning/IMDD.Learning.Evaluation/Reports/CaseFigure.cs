using IMDD.Imaging;
using IMDD.Learning.Evaluation.Instances;

namespace IMDD.Learning.Evaluation.Reports;

/// <summary>
/// A small picture with marked pixels. A small defect stays visible: a pixel of the small picture is marked when any pixel under it is.
/// </summary>
internal sealed class CaseFigure : IDisposable
{
    private const int Side = 260;
    private const int LineWidth = 2;
    private const int JpegQuality = 88;

    private readonly RgbImage _small;
    private readonly int _width;
    private readonly int _height;

    /// <summary>Shrinks a picture; its longer side becomes at most 260 pixels.</summary>
    public CaseFigure(RgbImage image)
    {
        (_width, _height) = (image.Width, image.Height);
        var scale = Math.Min(1.0, (double)Side / Math.Max(image.Width, image.Height));
        _small = ImageResizer.Resize(image, Math.Max(1, (int)(image.Width * scale)), Math.Max(1, (int)(image.Height * scale)));
    }

    /// <summary>Columns of the small picture.</summary>
    public int Width => _small.Width;

    /// <summary>Rows of the small picture.</summary>
    public int Height => _small.Height;

    /// <summary>Marks pixels of the large picture.</summary>
    /// <param name="isMarked">By row-major index.</param>
    /// <param name="colour">Of the mark.</param>
    public void Mark(Func<int, bool> isMarked, (int R, int G, int B) colour)
    {
        var marked = new bool[_small.Width * _small.Height];
        for (var y = 0; y < _height; y++)
        {
            var row = y * _small.Height / _height * _small.Width;
            for (var x = 0; x < _width; x++)
            {
                marked[row + x * _small.Width / _width] |= isMarked(y * _width + x);
            }
        }

        for (var i = 0; i < marked.Length; i++)
        {
            if (marked[i])
            {
                Blend(i, colour);
            }
        }
    }

    /// <summary>Draws the outline of a box of the large picture.</summary>
    public void Outline(Box box, (int R, int G, int B) colour)
    {
        int left = Column(box.X1), right = Column(box.X2 - 1), top = Row(box.Y1), bottom = Row(box.Y2 - 1);
        for (var y = top; y <= bottom; y++)
        {
            for (var x = left; x <= right; x++)
            {
                if (Math.Min(Math.Min(x - left, right - x), Math.Min(y - top, bottom - y)) < LineWidth)
                {
                    Blend(y * _small.Width + x, colour);
                }
            }
        }
    }

    /// <summary>The picture as a JPEG in a data URI.</summary>
    public string DataUri() => $"data:image/jpeg;base64,{Convert.ToBase64String(ImageEncoder.EncodeJpeg(_small, JpegQuality))}";

    /// <inheritdoc/>
    public void Dispose() => _small.Dispose();

    private int Column(double x) => (int)Math.Clamp(x * _small.Width / _width, 0, _small.Width - 1);

    private int Row(double y) => (int)Math.Clamp(y * _small.Height / _height, 0, _small.Height - 1);

    private void Blend(int index, (int R, int G, int B) colour)
    {
        var pixel = _small.Pixels.Slice(3 * index, 3);
        pixel[0] = (byte)((pixel[0] + 2 * colour.R) / 3);
        pixel[1] = (byte)((pixel[1] + 2 * colour.G) / 3);
        pixel[2] = (byte)((pixel[2] + 2 * colour.B) / 3);
    }
}
