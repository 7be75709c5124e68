using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Training.Tests;

public sealed class CropCutterTests
{
    private static readonly CropOptions Options = new() { Side = 64 };

    /// <summary>Whatever place, size, turn and mirroring were drawn, the truth lies where the defect is.</summary>
    [Fact]
    public void Cut_AnySeed_TruthLiesOnTheDefect()
    {
        CropCutter cutter = new(Options with { Photometric = 0 });
        var seen = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var picture = TrainingPictures.Picture(3 * seed + 2);
            var crop = cutter.Cut(picture, seed);
            for (var cell = 0; cell < crop.Target.Length; cell++)
            {
                var (y, x) = (cell / 16 * 4, cell % 16 * 4);
                float bright = 0;
                for (var i = 0; i < 16; i++)
                {
                    bright += crop.Image[(y + i / 4) * 64 + x + i % 4] > 0.75f ? 1 : 0;
                }

                // A pixel at the edge is between two of the picture's.
                Math.Abs(bright / 16 - crop.Target[cell]).ShouldBeLessThanOrEqualTo(0.5f, $"seed {seed}, cell {cell}");
                seen += crop.Target[cell] > 0.9f ? 1 : 0;
                crop.Classes[cell].ShouldBe(crop.Target[cell] > 0 ? (byte)2 : TrainingPicture.NoClass);
            }
        }

        seen.ShouldBeGreaterThan(60);
    }

    [Fact]
    public void Cut_SameSeed_SameCrop()
    {
        CropCutter cutter = new(Options);
        var picture = TrainingPictures.Picture(1);

        var one = cutter.Cut(picture, 5);
        var again = cutter.Cut(picture, 5);

        again.Image.ShouldBe(one.Image);
        again.Target.ShouldBe(one.Target);
        cutter.Cut(picture, 6).Image.ShouldNotBe(one.Image);
    }

    [Fact]
    public void Cut_Reference_IsCutAndLitAlike()
    {
        CropCutter cutter = new(Options);
        var picture = TrainingPictures.Picture(1);

        for (var seed = 0; seed < 20; seed++)
        {
            var crop = cutter.Cut(picture with { Reference = picture.Rgb }, seed);

            // All but the grain, which two exposures do not share.
            crop.Image.Zip(crop.Reference!, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(0.15f);
        }
    }

    [Fact]
    public void Cut_PaintedDefects_OnNormalPicturesHalfOfTheTime()
    {
        CropCutter cutter = new(Options with { PaintsDefects = true, Photometric = 0 });
        CropCutter plain = new(Options with { Photometric = 0 });
        var painted = 0;
        for (var seed = 0; seed < 80; seed++)
        {
            var picture = TrainingPictures.Picture(3 * seed);
            var crop = cutter.Cut(picture, seed);
            var untouched = plain.Cut(picture, seed);
            var cells = crop.Target.Count(t => t > 0.5f);
            painted += cells > 0 ? 1 : 0;

            var changed = Enumerable.Range(0, 64 * 64).Count(i => Math.Abs(crop.Image[i] - untouched.Image[i]) > 1e-6);
            (cells > 0).ShouldBe(cells > 0 && changed >= 8 * cells / 2, $"seed {seed}");
        }

        painted.ShouldBeInRange(20, 60);
    }

    [Fact]
    public void Cut_PictureSmallerThanACrop_IsMirroredAtItsEdges()
    {
        CropCutter cutter = new(Options with { Side = 128 });

        var crop = cutter.Cut(TrainingPictures.Picture(2), 1);

        crop.Image.Length.ShouldBe(3 * 128 * 128);
        crop.Image.Take(128 * 128).Count(v => v == 0).ShouldBe(0);
    }
}
