using IMDD.Imaging;
using IMDD.Learning.Networks;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Runs;
using IMDD.Testing;

namespace IMDD.Learning.Training.Tests;

/// <summary>A plant without a defect to show: a network learns from its normal pictures, and is chosen and calibrated by such.</summary>
public sealed class NormalOnlyTests
{
    private const int Validations = 6;

    private static readonly EdgeTrainingOptions Options = new()
    {
        Network = new EdgeNetworkOptions { Size = NetworkSize.Nano },
        Crops = new CropOptions { Side = 64, PaintsDefects = true },
        Steps = 12,
        BatchSize = 8,
        AverageDecay = 0.95,
        Validations = Validations,
    };

    [Fact]
    public void Read_DataWithDefects_JudgesByHeldBackNormalPicturesAsTheyAreAndPainted()
    {
        using TestDirectory directory = new();
        var data = Read(Folders(directory, "with", defective: 12));

        data.Train.ShouldNotBeEmpty();
        data.Train.ShouldAllBe(p => !p.IsDefective && p.Id.StartsWith("good/"));
        data.Unpainted.ShouldAllBe(p => p.Id.StartsWith("good/"));
        data.Unpainted.Select(p => p.Id).Intersect(data.Train.Select(p => p.Id)).ShouldBeEmpty("they are held back");
        data.PaintedSeed.ShouldBe(1);
        var painted = data.Validation.Except(data.Unpainted).ToList();
        painted.Count.ShouldBe(data.Unpainted.Count);
        foreach (var (plain, one) in data.Unpainted.Zip(painted))
        {
            one.Id.ShouldBe(plain.Id + " painted");
            one.IsOutlined.ShouldBeTrue();
            var changed = Enumerable.Range(0, plain.Rgb.Length).Where(i => Math.Abs(plain.Rgb[i] - one.Rgb[i]) > 12).Select(i => i / 3).Distinct().ToList();
            changed.ShouldNotBeEmpty();
            changed.ShouldAllBe(pixel => one.Mask![pixel] != 0);
        }

        Read(Folders(directory, "again", defective: 0)).Validation.Select(p => p.Rgb).ShouldBe(data.Validation.Select(p => p.Rgb), "whatever is held back looks the same each time");
    }

    /// <summary>All that was ever shown are normal pictures; what is found are the generator's defects, on products and seeds it never saw.</summary>
    [Fact]
    public async Task RunAsync_NormalPicturesAlone_FindsDefectsThatWereNeverShown()
    {
        using TestDirectory directory = new();
        const int steps = 360;
        using EdgeTrainer trainer = new(Options with { Steps = steps }, Read("synthetic:seed=51,count=60,size=96,products=10,textures=cast,defective=0"), directory.Path);

        var (outcome, model) = await trainer.RunAsync(null, TestContext.Current.CancellationToken);
        using (model)
        {
            outcome.BestStep.ShouldBeGreaterThan(steps / Validations);
            outcome.Validation!.ImageAuroc.ShouldNotBeNull();
            model.Description.Calibration.ImageThreshold.ShouldNotBeNull().ShouldBeInRange(0.01, 0.99);
            (model.Description.Calibration.DefectScale, model.Description.Calibration.DefectOffset).ShouldNotBe((1, 0));
            model.Description.Lineage.PaintedSeed.ShouldBe(1);
            var unseen = TrainingDataReader.Read(["synthetic:seed=9051,count=120,size=96,products=10,textures=cast"], shots: null, seed: 1, normalOnly: false);
            var scores = Validation.Of(new PictureScorer(model).Score([.. unseen.Train.Concat(unseen.Validation).Select(p => p with { ClassIndices = [] })]));
            scores.PixelAuroc!.Value.ShouldBeGreaterThan(0.75, "0.87 when it was measured; chance is 0.5");
        }
    }

    [Fact]
    public async Task RunAsync_DataWithDefects_SameModelAsWithoutThem()
    {
        using TestDirectory directory = new();

        var with = await Train(Read(Folders(directory, "with", defective: 12)), directory.File("a"));
        var without = await Train(Read(Folders(directory, "without", defective: 0)), directory.File("b"));

        with.Outcome.Digest.ShouldBe(without.Outcome.Digest);
        with.Outcome.BestStep.ShouldBe(without.Outcome.BestStep);
        with.Outcome.Validation.ShouldBe(without.Outcome.Validation);
        with.Calibration.RowThresholds.ShouldBe(without.Calibration.RowThresholds);
        (with.Calibration with { RowThresholds = [] }).ShouldBe(without.Calibration with { RowThresholds = [] });
    }

    [Fact]
    public void Read_OneNormalPicture_IsLearnedFrom()
    {
        using TestDirectory directory = new();

        var data = Read(Folders(directory, "one", defective: 3, normal: 1));

        data.Train.ShouldHaveSingleItem().IsDefective.ShouldBeFalse();
        data.Validation.ShouldBeEmpty();
    }

    private static async Task<(TrainingOutcome Outcome, EdgeCalibration Calibration)> Train(TrainingData data, string folder)
    {
        using EdgeTrainer trainer = new(Options, data, folder);
        var (outcome, model) = await trainer.RunAsync(null, TestContext.Current.CancellationToken);
        using (model)
        {
            return (outcome, model.Description.Calibration);
        }
    }

    private static TrainingData Read(string name)
        => TrainingDataReader.Read(new TrainingSelection { Names = [name], NormalOnly = true, PaintedSide = Options.Crops.Side, Seed = 1 });

    /// <summary>The same normal pictures every time, beside more or fewer defective ones.</summary>
    private static string Folders(TestDirectory directory, string name, int defective, int normal = 24)
    {
        Write("good", normal, 0);
        Write("broken", defective, 1);
        return $"folders:{directory.File(name)}";

        void Write(string kind, int count, int remainder)
        {
            Directory.CreateDirectory(directory.File($"{name}/{kind}"));
            for (var i = 0; i < count; i++)
            {
                var picture = TrainingPictures.Picture(3 * i + remainder);
                using RgbImage image = new(picture.Width, picture.Height);
                picture.Rgb.CopyTo(image.Pixels);
                File.WriteAllBytes(directory.File($"{name}/{kind}/{i:D2}.png"), ImageEncoder.EncodePng(image));
            }
        }
    }
}
