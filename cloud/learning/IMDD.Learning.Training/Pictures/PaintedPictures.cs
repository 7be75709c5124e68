using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using OpenCvSharp;

namespace IMDD.Learning.Training.Pictures;

/// <summary>
/// What a plant without a defect to show is judged by: normal pictures, each as it is and once more with a defect painted on it as on training crops.
/// What is painted is a function of the picture's id and <see cref="Seed"/> alone, so that every run and every step is judged by the same.
/// </summary>
/// <param name="side">Side of the square that a defect is painted in, pixels: a training crop's. Smaller where the picture is.</param>
internal sealed class PaintedPictures(int side)
{
    /// <summary>Of all that is painted; recorded in the model's description.</summary>
    public const int Seed = 1;

    // A spot may fall beside the square, or be too small to be seen.
    private const int MaxAttempts = 20;
    private const int MinPixels = 12;

    /// <summary>The pictures by twos; one on which nothing can be painted alone.</summary>
    public IEnumerable<TrainingPicture> BesideNormal(IEnumerable<TrainingPicture> normal)
    {
        foreach (var picture in normal)
        {
            yield return picture;
            if (Paint(picture) is { } painted)
            {
                yield return painted;
            }
        }
    }

    private TrainingPicture? Paint(TrainingPicture picture)
    {
        var square = Math.Min(side, Math.Min(picture.Width, picture.Height));
        DefectPainter painter = new(square);
        Random random = new(SeedOf(picture));
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (left, top) = (random.Next(picture.Width - square + 1), random.Next(picture.Height - square + 1));
            var rgb = (byte[])picture.Rgb.Clone();
            using var whole = Mat.FromPixelData(picture.Height, picture.Width, MatType.CV_8UC3, rgb);
            using var place = whole[new Rect(left, top, square, square)];
            using var crop = place.Clone();
            var drawn = new byte[square * square];
            painter.Paint(crop, drawn, random);
            if (drawn.Count(pixel => pixel != 0) < MinPixels)
            {
                continue;
            }

            crop.CopyTo(place);
            var mask = new byte[picture.Width * picture.Height];
            for (var y = 0; y < square; y++)
            {
                drawn.AsSpan(y * square, square).CopyTo(mask.AsSpan((top + y) * picture.Width + left));
            }

            return picture with { Id = picture.Id + " painted", Rgb = rgb, Mask = mask, Classes = new byte[mask.Length], IsOutlined = true };
        }

        return null;
    }

    private static int SeedOf(TrainingPicture picture)
        => Seed ^ BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(picture.Id)));
}
