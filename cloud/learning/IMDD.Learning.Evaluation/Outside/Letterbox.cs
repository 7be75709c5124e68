using IMDD.Imaging;
using IMDD.Learning.Evaluation.Instances;

namespace IMDD.Learning.Evaluation.Outside;

/// <summary>
/// A picture scaled to fit a fixed input without changing its proportions, in the middle of grey bars, as Ultralytics' <c>LetterBox</c> does it
/// (docs.ultralytics.com/reference/data/augment), and the way back.
/// </summary>
internal sealed class Letterbox
{
    private const byte Bar = 114;

    // Half-pixel bars: the smaller part goes to the left and the top.
    private const double Bias = 0.1;

    private readonly int _pictureWidth;
    private readonly int _pictureHeight;

    public Letterbox(int pictureWidth, int pictureHeight, int inputWidth, int inputHeight)
    {
        (_pictureWidth, _pictureHeight, InputWidth, InputHeight) = (pictureWidth, pictureHeight, inputWidth, inputHeight);
        var gain = Math.Min((double)inputHeight / pictureHeight, (double)inputWidth / pictureWidth);
        Width = Math.Clamp((int)Math.Round(pictureWidth * gain, MidpointRounding.ToEven), 1, inputWidth);
        Height = Math.Clamp((int)Math.Round(pictureHeight * gain, MidpointRounding.ToEven), 1, inputHeight);
        Left = (int)Math.Round((inputWidth - Width) / 2.0 - Bias);
        Top = (int)Math.Round((inputHeight - Height) / 2.0 - Bias);
    }

    public int InputWidth { get; }
    public int InputHeight { get; }

    /// <summary>Columns of the input that show the picture.</summary>
    public int Width { get; }

    /// <summary>Rows of the input that show the picture.</summary>
    public int Height { get; }

    /// <summary>Bar at the left.</summary>
    public int Left { get; }

    /// <summary>Bar at the top.</summary>
    public int Top { get; }

    /// <summary>The input picture.</summary>
    public RgbImage Apply(RgbImage image)
    {
        RgbImage boxed = new(InputWidth, InputHeight);
        boxed.Pixels.Fill(Bar);
        using var scaled = Scaled(image);
        for (var row = 0; row < Height; row++)
        {
            scaled.Pixels.Slice(3 * row * Width, 3 * Width).CopyTo(boxed.Pixels[(3 * ((Top + row) * InputWidth + Left))..]);
        }

        return boxed;
    }

    /// <summary>A box of the input in pixels of the picture, cut at its edges.</summary>
    public Box ToPicture(Box box)
    {
        double scaleX = (double)_pictureWidth / Width, scaleY = (double)_pictureHeight / Height;
        return new Box(
            Math.Clamp((box.X1 - Left) * scaleX, 0, _pictureWidth),
            Math.Clamp((box.Y1 - Top) * scaleY, 0, _pictureHeight),
            Math.Clamp((box.X2 - Left) * scaleX, 0, _pictureWidth),
            Math.Clamp((box.Y2 - Top) * scaleY, 0, _pictureHeight));
    }

    private RgbImage Scaled(RgbImage image)
    {
        RgbImage scaled = new(Width, Height);
        if (image.Width == Width && image.Height == Height)
        {
            image.Pixels.CopyTo(scaled.Pixels);
            return scaled;
        }

        ImageResizer.Interpolate(image, scaled);
        return scaled;
    }
}
