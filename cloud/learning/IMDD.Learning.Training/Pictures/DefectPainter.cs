using OpenCvSharp;

namespace IMDD.Learning.Training.Pictures;

/// <summary>
/// Paints a defect that never was on a crop of a normal picture, for plants that have no defect to show: a line, spots, or a ragged patch, filled
/// with a change of light or with another part of the same crop (Li et al. 2021, CutPaste; Zavrtanik et al. 2021, DRAEM).
/// </summary>
internal sealed class DefectPainter(int side)
{
    // Grey levels of 255, as much as the noise of a picture: a fainter rim nobody would mark.
    private const int Faint = 12;

    // One in so many marked pixels has to look other than before; a texture set onto the same is seen by few, and is a defect nonetheless.
    private const int LeastSeen = 8;

    // Of 255: within the shape a pixel that chances to be as it was is defective too.
    private const byte Inside = 100;

    /// <summary>
    /// Paints, and marks in <paramref name="mask"/> the shape and what else changed by more than noise. Nothing at all where hardly any of it would be
    /// seen, darker or lighter: it would be a defect that is not there.
    /// </summary>
    public void Paint(Mat image, byte[] mask, Random random)
    {
        using Mat shape = new(side, side, MatType.CV_8UC1, Scalar.All(0));
        switch (random.Next(3))
        {
            case 0:
                DrawLine(shape, random);
                break;
            case 1:
                DrawSpots(shape, random);
                break;
            default:
                DrawPatch(shape, random);
                break;
        }

        shape.GetArray(out byte[] cover);
        image.GetArray(out Vec3b[] colours);
        var (dx, dy) = (random.Next(side / 4, 3 * side / 4), random.Next(side / 4, 3 * side / 4));
        var pastes = random.Next(2) == 0;
        var shift = (random.Next(2) == 0 ? -1 : 1) * (25 + random.Next(80));
        var strength = 0.5f + 0.5f * random.NextSingle();

        // What is black gets no darker, and what is white no lighter.
        foreach (var signed in (int[])[shift, -shift])
        {
            var (filled, marked, isSeen) = Fill(signed);
            if (isSeen)
            {
                image.SetArray(filled);
                marked.ForEach(i => mask[i] = byte.MaxValue);
                return;
            }
        }

        (Vec3b[] Filled, List<int> Marked, bool IsSeen) Fill(int signed)
        {
            var filled = (Vec3b[])colours.Clone();
            List<int> marked = [];
            var seen = 0;
            for (var i = 0; i < cover.Length; i++)
            {
                if (cover[i] == 0)
                {
                    continue;
                }

                var (x, y) = (i % side, i / side);
                var (own, other) = (colours[i], colours[(y + dy) % side * side + (x + dx) % side]);
                var share = strength * cover[i] / 255f;
                filled[i] = new Vec3b(Mix(own.Item0, other.Item0), Mix(own.Item1, other.Item1), Mix(own.Item2, other.Item2));
                var changes = Change(own, filled[i]) > Faint;
                seen += changes ? 1 : 0;
                if (cover[i] > Inside || changes)
                {
                    marked.Add(i);
                }

                byte Mix(byte before, byte pasted) => (byte)Math.Clamp(before + share * (pastes ? pasted - before + signed / 3f : signed), 0, 255);
            }

            return (filled, marked, LeastSeen * seen >= marked.Count);
        }
    }

    private static int Change(Vec3b before, Vec3b after)
        => Math.Max(Math.Abs(before.Item0 - after.Item0), Math.Max(Math.Abs(before.Item1 - after.Item1), Math.Abs(before.Item2 - after.Item2)));

    private void DrawLine(Mat shape, Random random)
    {
        var points = new Point[3 + random.Next(4)];
        double x = random.Next(side), y = random.Next(side), angle = random.NextDouble() * 2 * Math.PI;
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = new Point((int)x, (int)y);
            angle += (random.NextDouble() - 0.5) * 1.2;
            var length = side * (0.05 + 0.15 * random.NextDouble());
            (x, y) = (x + length * Math.Cos(angle), y + length * Math.Sin(angle));
        }

        Cv2.Polylines(shape, [points], false, Scalar.All(255), 1 + random.Next(3), LineTypes.AntiAlias);
    }

    private void DrawSpots(Mat shape, Random random)
    {
        Point centre = new(random.Next(side), random.Next(side));
        for (var left = 1 + random.Next(4); left > 0; left--)
        {
            Point place = new(centre.X + random.Next(-12, 13), centre.Y + random.Next(-12, 13));
            Size axes = new(1 + random.Next(6), 1 + random.Next(6));
            Cv2.Ellipse(shape, place, axes, random.Next(180), 0, 360, Scalar.All(255), -1, LineTypes.AntiAlias);
        }
    }

    private void DrawPatch(Mat shape, Random random)
    {
        var grid = 4 + random.Next(8);
        var coarse = new float[grid * grid];
        for (var i = 0; i < coarse.Length; i++)
        {
            coarse[i] = random.NextSingle();
        }

        using var seeds = Mat.FromPixelData(grid, grid, MatType.CV_32FC1, coarse);
        using Mat noise = new(), ragged = new(), near = new(side, side, MatType.CV_8UC1, Scalar.All(0));
        Cv2.Resize(seeds, noise, new Size(side, side), interpolation: InterpolationFlags.Cubic);
        Cv2.InRange(noise, Scalar.All(0.6), Scalar.All(9), ragged);
        Size axes = new(6 + random.Next(side / 4), 6 + random.Next(side / 4));
        Cv2.Ellipse(near, new Point(random.Next(side), random.Next(side)), axes, random.Next(180), 0, 360, Scalar.All(255), -1);
        Cv2.BitwiseAnd(ragged, near, shape);
        Cv2.GaussianBlur(shape, shape, new Size(5, 5), 1);
    }
}
