using System.Numerics.Tensors;
using IMDD.Learning.Evaluation.Instances;

namespace IMDD.Learning.Evaluation.Outside;

/// <summary>
/// Masks of YOLO's segmentation head: a detection's mask is the sum of prototypes weighted by its coefficients, cut to what shows the picture,
/// enlarged bilinearly to the picture's size, cut at the detection's box, and set where the sum is positive (a probability over one half). This
/// is Ultralytics' <c>process_mask_native</c> (docs.ultralytics.com/reference/utils/ops).
/// </summary>
internal sealed class PrototypeMasks
{
    private const double Bias = 0.1;

    private readonly float[] _prototypes;
    private readonly int _count;
    private readonly int _width;
    private readonly int _pictureWidth;
    private readonly int _pictureHeight;
    private readonly int _left;
    private readonly int _top;
    private readonly int _cutWidth;
    private readonly int _cutHeight;

    /// <summary>Prototypes <c>[1, count, height, width]</c> of a picture.</summary>
    public PrototypeMasks(OnnxValues prototypes, int pictureWidth, int pictureHeight)
    {
        (_prototypes, _count, _width) = (prototypes.Values, prototypes.Shape[1], prototypes.Shape[3]);
        var height = prototypes.Shape[2];
        (_pictureWidth, _pictureHeight) = (pictureWidth, pictureHeight);
        var gain = Math.Min((double)height / pictureHeight, (double)_width / pictureWidth);
        double barX = (_width - pictureWidth * gain) / 2, barY = (height - pictureHeight * gain) / 2;
        (_left, _top) = ((int)Math.Round(barX - Bias), (int)Math.Round(barY - Bias));
        _cutWidth = Math.Max(1, _width - _left - (int)Math.Round(barX + Bias));
        _cutHeight = Math.Max(1, height - _top - (int)Math.Round(barY + Bias));
    }

    /// <summary>The mask of one detection.</summary>
    /// <param name="coefficients">One per prototype.</param>
    /// <param name="box">Pixels of the picture.</param>
    public InstanceMask Of(ReadOnlySpan<float> coefficients, Box box)
    {
        int left = (int)Math.Ceiling(box.X1), right = Math.Min((int)Math.Ceiling(box.X2), _pictureWidth);
        int top = (int)Math.Ceiling(box.Y1), bottom = Math.Min((int)Math.Ceiling(box.Y2), _pictureHeight);
        int width = Math.Max(0, right - left), height = Math.Max(0, bottom - top);
        var cells = new bool[width * height];
        if (cells.Length > 0)
        {
            var sums = Sums(coefficients);
            for (var y = 0; y < height; y++)
            {
                var (row, below, shareY) = Position(top + y, _cutHeight, _pictureHeight);
                for (var x = 0; x < width; x++)
                {
                    var (column, next, shareX) = Position(left + x, _cutWidth, _pictureWidth);
                    var upper = float.Lerp(sums[row * _cutWidth + column], sums[row * _cutWidth + next], shareX);
                    var lower = float.Lerp(sums[below * _cutWidth + column], sums[below * _cutWidth + next], shareX);
                    cells[y * width + x] = float.Lerp(upper, lower, shareY) > 0;
                }
            }
        }

        return new InstanceMask(left, top, width, height, cells);
    }

    private float[] Sums(ReadOnlySpan<float> coefficients)
    {
        var sums = new float[_cutWidth * _cutHeight];
        var plane = _prototypes.Length / _count;
        for (var prototype = 0; prototype < _count; prototype++)
        {
            for (var row = 0; row < _cutHeight; row++)
            {
                var source = _prototypes.AsSpan(prototype * plane + (_top + row) * _width + _left, _cutWidth);
                var target = sums.AsSpan(row * _cutWidth, _cutWidth);
                TensorPrimitives.MultiplyAdd(source, coefficients[prototype], target, target);
            }
        }

        return sums;
    }

    /// <summary>The two cells that a pixel's centre lies between, and how far towards the second; corners not aligned.</summary>
    private static (int First, int Second, float Share) Position(int pixel, int cells, int pixels)
    {
        var at = Math.Max(0, (pixel + 0.5f) * cells / pixels - 0.5f);
        var first = Math.Min((int)at, cells - 1);
        return (first, Math.Min(first + 1, cells - 1), at - first);
    }
}
