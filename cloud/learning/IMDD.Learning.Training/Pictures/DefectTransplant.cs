using OpenCvSharp;

namespace IMDD.Learning.Training.Pictures;

/// <summary>
/// Sets a defect of one crop onto another (Ghiasi et al. 2021, copy-paste, with the light of the place it comes to): few defects on many surfaces
/// teach what is defect and what is surface.
/// </summary>
internal sealed class DefectTransplant(int side)
{
    private const int MinPixels = 4;
    private const double MaxShare = 0.6;
    private const int RimWidth = 9;
    private const double MinGain = 0.4;
    private const double MaxGain = 2.5;

    /// <summary>Pastes, and adds what was pasted to mask and classes. A donor without enough of a defect in sight leaves everything as it was.</summary>
    public void Paste(Mat donor, byte[] donorMask, byte[] donorClasses, Mat image, byte[] mask, byte[] classes)
    {
        var pixels = donorMask.Count(m => m != 0);
        if (pixels < MinPixels || pixels > MaxShare * donorMask.Length)
        {
            return;
        }

        using var shape = Mat.FromPixelData(side, side, MatType.CV_8UC1, donorMask);
        using Mat near = new(), rim = new(), cover = new(), lit = new();
        using var disc = Cv2.GetStructuringElement(MorphShapes.Ellipse, new Size(2 * RimWidth + 1, 2 * RimWidth + 1));
        using var thin = Cv2.GetStructuringElement(MorphShapes.Ellipse, new Size(3, 3));
        Cv2.Dilate(shape, near, disc);
        Cv2.Dilate(shape, cover, thin);
        Cv2.Subtract(near, cover, rim);
        if (Cv2.CountNonZero(rim) < MinPixels)
        {
            return;
        }

        Scalar here = Cv2.Mean(image, rim), there = Cv2.Mean(donor, rim);
        Cv2.Multiply(donor, new Scalar(Gain(here.Val0, there.Val0), Gain(here.Val1, there.Val1), Gain(here.Val2, there.Val2)), lit);
        Cv2.GaussianBlur(cover, cover, new Size(5, 5), 1);
        cover.GetArray(out byte[] share);
        lit.GetArray(out Vec3b[] pasted);
        image.GetArray(out Vec3b[] own);
        for (var i = 0; i < own.Length; i++)
        {
            if (share[i] != 0)
            {
                own[i] = new Vec3b(Mix(own[i].Item0, pasted[i].Item0, share[i]), Mix(own[i].Item1, pasted[i].Item1, share[i]), Mix(own[i].Item2, pasted[i].Item2, share[i]));
            }

            if (donorMask[i] != 0)
            {
                (mask[i], classes[i]) = (donorMask[i], donorClasses[i]);
            }
        }

        image.SetArray(own);
    }

    private static double Gain(double here, double there) => Math.Clamp((here + 1) / (there + 1), MinGain, MaxGain);

    private static byte Mix(byte own, byte pasted, byte share) => (byte)((own * (255 - share) + pasted * share + 127) / 255);
}
