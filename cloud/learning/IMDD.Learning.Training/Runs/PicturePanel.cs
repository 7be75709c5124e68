using IMDD.Imaging;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Runs;

/// <summary>Three panels side by side: the picture, its truth, and the defect probability.</summary>
internal static class PicturePanel
{
    private const int MaxSide = 256;

    /// <summary>Draws; the caller disposes.</summary>
    public static RgbImage Draw(EdgeModel model, TrainingPicture picture)
    {
        var stride = model.Description.Network.OutputStride;
        var (probability, columns) = Probability(model, picture);
        using RgbImage panels = new(3 * picture.Width, picture.Height);
        var pixels = panels.Pixels;
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                var source = y * picture.Width + x;
                picture.Rgb.AsSpan(3 * source, 3).CopyTo(Pixel(pixels, 0));
                Pixel(pixels, 1).Fill(picture.Mask?[source] ?? 0);
                Pixel(pixels, 2).Fill((byte)(255 * probability[y / stride * columns + x / stride]));

                Span<byte> Pixel(Span<byte> all, int panel) => all.Slice(3 * ((y * 3 + panel) * picture.Width + x), 3);
            }
        }

        var scale = Math.Min(1.0, (double)MaxSide / Math.Max(picture.Width, picture.Height));
        return ImageResizer.Resize(panels, Math.Max(3, (int)(panels.Width * scale)), Math.Max(1, (int)(panels.Height * scale)));
    }

    private static (float[] Values, int Columns) Probability(EdgeModel model, TrainingPicture picture)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        model.Network.eval();
        var defect = model.Network.forward(EdgeInput.From(picture.Rgb, picture.Width, picture.Height), PictureScorer.ReferenceOf(model, picture)).Defect;
        return (defect.sigmoid().data<float>().ToArray(), (int)defect.shape[2]);
    }
}
