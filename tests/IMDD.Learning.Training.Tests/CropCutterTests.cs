using System.Text.Json;
using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Training.Tests;

public sealed class CropCutterTests
{
    // What a camera's own noise changes, and a grey level more of rounding.
    private const float Noise = 13 / 255f;

    private static readonly CropOptions Options = new() { Side = 64 };

    /// <summary>Whatever place, size, turn and mirroring were drawn, the truth lies where the defect is.</summary>
    [Fact]
    public void Cut_AnySeed_TruthLiesOnTheDefect()
    {
        CropCutter cutter = new(Options with { Photometric = 0 });
        int seen = 0, both = 0, either = 0;
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

                // Half a cell is a whole truth. A pixel at the edge is between two of the picture's, so cells there may say either.
                if (bright == 16)
                {
                    crop.Target[cell].ShouldBe(1, $"seed {seed}, cell {cell}");
                    seen++;
                }

                var (isBright, isTrue) = (bright >= 8, crop.Target[cell] == 1);
                both += isBright && isTrue ? 1 : 0;
                either += isBright || isTrue ? 1 : 0;
                crop.Classes[cell].ShouldBe(crop.Target[cell] > 0 ? (byte)2 : TrainingPicture.NoClass);
            }
        }

        seen.ShouldBeGreaterThan(60);
        both.ShouldBeGreaterThan((int)(0.8 * either));
    }

    /// <summary>A line that fills a quarter of the cells it crosses is half a truth there: it would never be worth more than its share else.</summary>
    [Fact]
    public void Cut_LineOnePixelThin_IsHalfATruth()
    {
        var plain = TrainingPictures.Picture(2);
        var mask = new byte[plain.Width * plain.Height];
        mask.AsSpan(plain.Height / 2 * plain.Width, plain.Width).Fill(byte.MaxValue);
        var anchors = Enumerable.Range(0, plain.Width).Select(x => plain.Height / 2 * plain.Width + x).ToArray();
        var line = plain with { Mask = mask, Classes = Array.ConvertAll(mask, m => m == 0 ? TrainingPicture.NoClass : (byte)1), Anchors = [anchors] };
        CropCutter cutter = new(Options with { Photometric = 0, MaxScale = 1, CentredShare = 1 });

        var crop = cutter.Cut(line, 1);

        crop.Target.Where(t => t > 0).ShouldAllBe(t => t == 0.5f);
        crop.Target.Count(t => t > 0).ShouldBe(16);
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

    /// <summary>Black cannot get darker, nor white lighter; on what is flat, a part of the same is no defect.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(128)]
    public void Cut_DefectsPaintedOnAFlatSurface_AreSeenWhereTheyAreMarked(byte level)
    {
        const int side = 128;
        CropCutter cutter = new(Options with { PaintsDefects = true, Photometric = 0 });
        var rgb = new byte[side * side * 3];
        Array.Fill(rgb, level);
        TrainingPicture flat = new() { Id = "flat", Dataset = 0, Width = side, Height = side, Rgb = rgb, ClassIndices = [] };
        var painted = 0;
        for (var seed = 0; seed < 80; seed++)
        {
            var crop = cutter.Cut(flat, seed);
            var pixels = crop.Image.Length / 3;
            var changed = Enumerable.Range(0, pixels).Count(i => Math.Abs(crop.Image[i] - level / 255f) > 12.5f / 255);

            // A whole cell has 8 of its 16 pixels at least, of which one is seen.
            changed.ShouldBeGreaterThanOrEqualTo((int)crop.Target.Sum(), $"seed {seed}");
            painted += crop.Target.Sum() > 0 ? 1 : 0;
        }

        painted.ShouldBeInRange(20, 50);
    }

    [Fact]
    public void Cut_PaintedDefects_OnNormalPicturesHalfOfTheTime()
    {
        CropCutter cutter = new(Options with { PaintsDefects = true, Photometric = 0 });
        CropCutter plain = new(Options with { Photometric = 0 });
        var (painted, all) = (0, 0);
        for (var seed = 0; seed < 80; seed++)
        {
            var picture = TrainingPictures.Picture(3 * seed);
            var crop = cutter.Cut(picture, seed);
            var untouched = plain.Cut(picture, seed);
            var cells = crop.Target.Count(t => t > 0.5f);
            painted += cells > 0 ? 1 : 0;

            // As far as a change is seen at all the truth says so; where it says so, most of the cell did change.
            var changes = Enumerable.Range(0, 64 * 64).Select(i => Enumerable.Range(0, 3).Max(c => Math.Abs(crop.Image[c * 64 * 64 + i] - untouched.Image[c * 64 * 64 + i]))).ToList();
            var seen = Enumerable.Range(0, 64 * 64).Where(i => changes[i] > Noise).ToList();
            seen.ShouldAllBe(i => crop.Target[i / 64 / 4 * 16 + i % 64 / 4] > 0, $"seed {seed}");
            if (cells > 0)
            {
                changes.Count(change => change > 1e-6).ShouldBeGreaterThanOrEqualTo(8 * cells / 2, $"seed {seed}");
            }

            all += seen.Count;
        }

        all.ShouldBeGreaterThan(1000);

        painted.ShouldBeInRange(20, 60);
    }

    /// <summary>The defect of another picture changes the crop where the truth then says so, in its class, and nowhere else.</summary>
    [Fact]
    public void Cut_Donor_ItsDefectIsSetOntoTheCropWithItsTruth()
    {
        CropCutter cutter = new(Options with { Photometric = 0 });
        var transplanted = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var host = TrainingPictures.Picture(3 * seed);
            var donor = TrainingPictures.Picture(3 * seed + 2);
            var plain = cutter.Cut(host, seed);
            var crop = cutter.Cut(host, seed, donor);
            crop.Target.Where((t, i) => t > 0 != (crop.Classes[i] == 2)).ShouldBeEmpty($"seed {seed}");
            for (var cell = 0; cell < crop.Target.Length; cell++)
            {
                var (y, x) = (cell / 16 * 4, cell % 16 * 4);
                var offsets = Enumerable.Range(0, 16).Select(i => (y + i / 4) * 64 + x + i % 4).ToList();
                if (Inside(crop.Target, cell))
                {
                    transplanted++;

                    // The surface is at most 0.55, the defect 0.9, its rim between them.
                    offsets.Average(i => crop.Image[i]).ShouldBeGreaterThan(0.7f, $"seed {seed}, cell {cell}");
                }
            }

            // Beyond the soft rim everything is the host's.
            var touched = Enumerable.Range(0, 64 * 64).Where(i => Math.Abs(crop.Image[i] - plain.Image[i]) > 1e-6).ToList();
            touched.Where(i => !Near(crop.Target, i)).ShouldBeEmpty($"seed {seed}");
        }

        transplanted.ShouldBeGreaterThan(30);

        static bool Inside(float[] target, int cell)
        {
            int row = cell / 16, column = cell % 16;
            return ((int[])[1, 3, 4, 5, 7]).All(i => row + i / 3 - 1 is >= 0 and < 16 and var r && column + i % 3 - 1 is >= 0 and < 16 and var c && target[r * 16 + c] == 1);
        }

        static bool Near(float[] target, int pixel)
        {
            int row = pixel / 64 / 4, column = pixel % 64 / 4;
            return Enumerable.Range(0, 9).Any(i => row + i / 3 - 1 is >= 0 and < 16 and var r && column + i % 3 - 1 is >= 0 and < 16 and var c && target[r * 16 + c] > 0);
        }
    }

    /// <summary>Where a part's orientation is judged, a turned or mirrored crop contradicts its truth.</summary>
    [Theory]
    [InlineData(false, false, 8)]
    [InlineData(false, true, 4)]
    [InlineData(true, false, 2)]
    [InlineData(true, true, 1)]
    public void Cut_TurnsOrMirrorsOff_CropsLieInNoOtherWay(bool unturned, bool unmirrored, int ways)
    {
        const int side = 96;
        CropCutter cutter = new(Options with { Photometric = 0, MaxScale = 1, Unturned = unturned, Unmirrored = unmirrored });
        var rgb = new byte[3 * side * side];
        for (var i = 0; i < side * side; i++)
        {
            // Red rises to the right, green downwards.
            (rgb[3 * i], rgb[3 * i + 1]) = ((byte)(2 * (i % side)), (byte)(2 * (i / side)));
        }

        TrainingPicture picture = new() { Id = "rising", Dataset = 0, Width = side, Height = side, Rgb = rgb, ClassIndices = [] };
        HashSet<(int, int, int, int)> seen = [];
        for (var seed = 0; seed < 200; seed++)
        {
            var image = cutter.Cut(picture, seed).Image;
            seen.Add((Rise(image, 0, 1), Rise(image, 0, Options.Side), Rise(image, 1, 1), Rise(image, 1, Options.Side)));
        }

        seen.Count.ShouldBe(ways);
        seen.ShouldContain((1, 0, 0, 1), "as the picture lies");

        // By eight pixels from the middle.
        static int Rise(float[] image, int colour, int step)
        {
            var middle = (colour * Options.Side + Options.Side / 2) * Options.Side + Options.Side / 2;
            var difference = image[middle + 8 * step] - image[middle];
            return Math.Abs(difference) < 0.03f ? 0 : Math.Sign(difference);
        }
    }

    /// <summary>A run's fingerprint is made of it: what came later is in it only where it is not as it always was, else runs of earlier versions would not go on.</summary>
    [Fact]
    public void Serialize_OptionsAsUsual_SaysWhatItAlwaysSaid()
    {
        JsonSerializer.Serialize(new CropOptions()).ShouldBe(
            """{"Side":128,"VariesSide":false,"TransplantShare":0,"OutputStride":4,"CentredShare":0.85,"MaxScale":1.3,"Photometric":1,"PaintsDefects":false}""");
        JsonSerializer.Serialize(new CropOptions { Unturned = true }).ShouldContain("\"Unturned\":true");
        JsonSerializer.Serialize(new CropOptions { Unmirrored = true }).ShouldContain("\"Unmirrored\":true");
    }

    [Fact]
    public void Cut_PictureSmallerThanACrop_IsContinuedAtItsEdges()
    {
        CropCutter cutter = new(Options with { Side = 128 });

        var crop = cutter.Cut(TrainingPictures.Picture(2), 1);

        crop.Image.Length.ShouldBe(3 * 128 * 128);
        crop.Image.Take(128 * 128).Count(v => v == 0).ShouldBe(0);
    }

    /// <summary>
    /// Whole pictures are padded to a multiple of the network's stride with their last rows and columns. A network that never saw such streaks
    /// takes them for defects.
    /// </summary>
    [Fact]
    public void Cut_PictureThatWillBePadded_SomeCropsReachIntoThePadding()
    {
        CropCutter cutter = new(Options with { Photometric = 0, MaxScale = 1 });
        Random random = new(7);
        var noise = new byte[100 * 100 * 3];
        random.NextBytes(noise);
        TrainingPicture picture = new() { Id = "noise", Dataset = 0, Width = 100, Height = 100, Rgb = noise, ClassIndices = [] };

        var streaked = Enumerable.Range(0, 100).Count(seed => HasStreak(cutter.Cut(picture, seed).Image));
        var whole = Enumerable.Range(0, 100).Count(seed => HasStreak(cutter.Cut(picture with { Width = 96, Height = 96, Rgb = noise[..(96 * 96 * 3)] }, seed).Image));

        streaked.ShouldBeInRange(20, 95);
        whole.ShouldBe(0);

        // Noise has no ten equal neighbours.
        static bool HasStreak(float[] image) => Enumerable.Range(0, 64).Any(line => Run(i => image[line * 64 + i]) || Run(i => image[i * 64 + line]));

        static bool Run(Func<int, float> at)
        {
            var equal = 1;
            for (var i = 1; i < 64; i++)
            {
                equal = Math.Abs(at(i) - at(i - 1)) < 1e-6 ? equal + 1 : 1;
                if (equal >= 10)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
