using IMDD.Imaging;
using IMDD.Learning.Networks;
using OpenCvSharp;

namespace IMDD.Learning.Training.Pictures;

/// <summary>
/// Cuts a crop: place, size, turn and mirroring in one affine map that picture, mask and classes share, so that truth stays true; then light, gain,
/// colour and noise of the picture alone. A function of the picture and the seed.
/// </summary>
public sealed class CropCutter(CropOptions options)
{
    private const double FlipShare = 0.5;
    private const double NoiseShare = 0.3;
    private const double BlurShare = 0.1;

    private readonly DefectPainter _painter = new(options.Side);
    private readonly DefectTransplant _transplant = new(options.Side);

    /// <summary>Cuts.</summary>
    /// <param name="picture">What is cut.</param>
    /// <param name="seed">Of all that is drawn.</param>
    /// <param name="donor">A defective picture whose defect is set onto the crop; null: none.</param>
    public Crop Cut(TrainingPicture picture, int seed, TrainingPicture? donor = null)
    {
        Random random = new(seed);
        using var map = Map(picture, random, options.CentredShare);
        var side = options.Side;
        using var image = Warp(picture.Rgb, 3, picture, map, InterpolationFlags.Linear);
        using var reference = picture.Reference is { } known ? Warp(known, 3, picture, map, InterpolationFlags.Linear) : null;
        var mask = picture.Mask is { } m && !options.PaintsDefects ? Plane(m, picture, map) : new byte[side * side];
        var classes = picture.Classes is { } c && !options.PaintsDefects ? Plane(c, picture, map) : new byte[side * side];
        if (options.PaintsDefects && random.Next(2) == 0)
        {
            _painter.Paint(image, mask, random);
        }

        if (donor is not null)
        {
            using var donorMap = Map(donor, random, centredShare: 1);
            using var defect = Warp(donor.Rgb, 3, donor, donorMap, InterpolationFlags.Linear);
            _transplant.Paste(defect, Plane(donor.Mask!, donor, donorMap), Plane(donor.Classes!, donor, donorMap), image, mask, classes);
        }

        Vary(image, reference, random, out var pixels, out var referencePixels);
        var (target, cellClasses) = Cells(mask, classes);
        return new Crop(pixels, referencePixels, target, cellClasses, picture.HasPixelTruth, picture.WholeClass);
    }

    /// <summary>Maps crop coordinates to picture coordinates, 2 × 3.</summary>
    private Mat Map(TrainingPicture picture, Random random, double centredShare)
    {
        double centreX, centreY;
        var paddedWidth = EdgePadding.RoundUp(picture.Width, EdgeNetworkOptions.Stride);
        var paddedHeight = EdgePadding.RoundUp(picture.Height, EdgeNetworkOptions.Stride);
        var side = options.Side;
        if (picture.Anchors.Count > 0 && !options.PaintsDefects && random.NextDouble() < centredShare)
        {
            var anchors = picture.Anchors[random.Next(picture.Anchors.Count)];
            var anchor = anchors[random.Next(anchors.Length)];
            centreX = anchor % picture.Width + (random.NextDouble() - 0.5) * side * 0.7;
            centreY = anchor / picture.Width + (random.NextDouble() - 0.5) * side * 0.7;
        }
        else
        {
            centreX = random.NextDouble() * paddedWidth;
            centreY = random.NextDouble() * paddedHeight;
        }

        var scale = Math.Pow(options.MaxScale, 2 * random.NextDouble() - 1);

        // Drawn even where they are not used: all else that is drawn stays the same.
        var (turn, isMirrored) = (random.Next(4), random.NextDouble() < FlipShare);
        turn = options.Unturned ? 0 : turn;
        var mirror = isMirrored && !options.Unmirrored ? -1 : 1;
        var half = side * scale / 2;
        if (picture.WholeLabel is not null)
        {
            scale = Math.Max(picture.Width, picture.Height) / (double)side;
            half = side * scale / 2;
        }

        // What shows a picture as a whole lies on the picture itself: the padding would take the place of what it leaves out.
        centreX = Inside(centreX, half, picture.WholeLabel is null ? paddedWidth : picture.Width);
        centreY = Inside(centreY, half, picture.WholeLabel is null ? paddedHeight : picture.Height);
        double cos = turn switch { 0 => 1, 2 => -1, _ => 0 };
        double sin = turn switch { 1 => 1, 3 => -1, _ => 0 };
        double a = scale * cos * mirror, b = -scale * sin, d = scale * sin * mirror, e = scale * cos;
        var middle = (side - 1) / 2.0;
        Mat map = new(2, 3, MatType.CV_64FC1);
        map.SetArray(a, b, centreX - a * middle - b * middle, d, e, centreY - d * middle - e * middle);
        return map;
    }

    /// <summary>
    /// Keeps the crop within a picture, as padded for the network, where it fits: a network that never saw the padding takes its streaks for defects.
    /// </summary>
    private static double Inside(double centre, double half, int size) => 2 * half >= size ? size / 2.0 : Math.Clamp(centre, half, size - half);

    private Mat Warp(byte[] bytes, int channels, TrainingPicture picture, Mat map, InterpolationFlags interpolation)
    {
        using var source = Mat.FromPixelData(picture.Height, picture.Width, channels == 3 ? MatType.CV_8UC3 : MatType.CV_8UC1, bytes);
        Mat crop = new();
        Cv2.WarpAffine(source, crop, map, new Size(options.Side, options.Side), interpolation | InterpolationFlags.WarpInverseMap, BorderTypes.Replicate);
        return crop;
    }

    private byte[] Plane(byte[] plane, TrainingPicture picture, Mat map)
    {
        using var crop = Warp(plane, 1, picture, map, InterpolationFlags.Nearest);
        crop.GetArray(out byte[] values);
        return values;
    }

    private void Vary(Mat image, Mat? reference, Random random, out float[] pixels, out float[]? referencePixels)
    {
        var strength = options.Photometric;
        if (strength > 0 && random.NextDouble() < BlurShare)
        {
            var width = 0.4 + 0.5 * random.NextDouble();
            Cv2.GaussianBlur(image, image, new Size(3, 3), width);
            if (reference is not null)
            {
                Cv2.GaussianBlur(reference, reference, new Size(3, 3), width);
            }
        }

        var gain = Math.Pow(1.35, strength * (2 * random.NextDouble() - 1));
        var gamma = Math.Pow(1.3, strength * (2 * random.NextDouble() - 1));
        var offset = 0.12 * strength * (2 * random.NextDouble() - 1);
        var noise = strength > 0 && random.NextDouble() < NoiseShare ? 0.025 * random.NextDouble() * strength : 0;
        var table = new float[3 * 256];
        for (var channel = 0; channel < 3; channel++)
        {
            var tint = 1 + 0.06 * strength * (2 * random.NextDouble() - 1);
            for (var level = 0; level < 256; level++)
            {
                table[channel * 256 + level] = (float)(((Math.Pow(level / 255.0, gamma) - 0.5) * gain + 0.5 + offset) * tint);
            }
        }

        pixels = Planes(image, table, noise, random);
        referencePixels = reference is null ? null : Planes(reference, table, noise, random);
    }

    private static float[] Planes(Mat image, float[] table, double noise, Random random)
    {
        image.GetArray(out Vec3b[] colours);
        var planes = new float[3 * colours.Length];
        for (var i = 0; i < colours.Length; i++)
        {
            // The sum of two uniform numbers is near enough to a bell; grey pictures stay grey.
            var grain = noise > 0 ? (float)((random.NextSingle() + random.NextSingle() - 1) * 2.4 * noise) : 0;
            planes[i] = Math.Clamp(table[colours[i].Item0] + grain, 0, 1);
            planes[colours.Length + i] = Math.Clamp(table[256 + colours[i].Item1] + grain, 0, 1);
            planes[2 * colours.Length + i] = Math.Clamp(table[512 + colours[i].Item2] + grain, 0, 1);
        }

        return planes;
    }

    private (float[] Target, byte[] Classes) Cells(byte[] mask, byte[] classes)
    {
        int side = options.Side, stride = options.OutputStride, cells = side / stride;
        var target = new float[cells * cells];
        var named = new byte[cells * cells];
        // Half a cell is a whole truth: else a line one pixel thin would never be worth more than a quarter, and no threshold would show it.
        var share = 2f / (stride * stride);
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                if (mask[y * side + x] != 0)
                {
                    var cell = y / stride * cells + x / stride;
                    target[cell] = Math.Min(1, target[cell] + share);
                    named[cell] = Math.Max(named[cell], classes[y * side + x]);
                }
            }
        }

        return (target, named);
    }
}
