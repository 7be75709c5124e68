using IMDD.Imaging;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Networks;
using IMDD.Learning.Training.Losses;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Runs;
using IMDD.Testing;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Tests;

/// <summary>Pictures that are known to show a defect, but not where.</summary>
public sealed class WholeLabelTests
{
    private const int Side = 64;

    /// <summary>A spot in every corner, on black: whatever a crop leaves out has one of them. Sides that are no multiple of the network's stride are padded.</summary>
    [Theory]
    [InlineData(200, 120)]
    [InlineData(300, 300)]
    [InlineData(97, 65)]
    public void Cut_AnySeed_ShowsAllOfThePicture(int width, int height)
    {
        const int spot = 12;
        CropCutter cutter = new(new CropOptions { Side = Side, Photometric = 0 });
        for (var corner = 0; corner < 4; corner++)
        {
            var rgb = new byte[width * height * 3];
            var (left, top) = (corner % 2 * (width - spot), corner / 2 * (height - spot));
            for (var y = top; y < top + spot; y++)
            {
                rgb.AsSpan(3 * (y * width + left), 3 * spot).Fill(255);
            }

            TrainingPicture picture = new() { Id = "a", Dataset = 0, Width = width, Height = height, Rgb = rgb, WholeLabel = true, ClassIndices = [] };
            for (var seed = 0; seed < 40; seed++)
            {
                var crop = cutter.Cut(picture, seed);

                crop.Image.Max().ShouldBeGreaterThan(0.5f, $"corner {corner}, seed {seed}");
                crop.HasPixelTruth.ShouldBeFalse();
                crop.Target.ShouldAllBe(t => t == 0);
            }
        }
    }

    [Fact]
    public void Of_CropWhoseDefectIsNotMarked_TakesPartInTheImageLossAlone()
    {
        using var scope = NewDisposeScope();
        const int cells = 16, size = cells * cells;
        using EdgeModel model = new(new EdgeModelDescription(
            new EdgeNetworkOptions { Size = NetworkSize.Nano }, [TrainedClass.Of("crack", Vocabulary.English)!], EdgeCalibration.None, new EdgeModelLineage([], [], 1, 0, null)));
        EdgeLoss loss = new(model, new WordSource(Vocabulary.English, model.Description.Classes, new HashSet<string>(), 1), new EdgeLossWeights());
        var marked = new float[size];
        marked.AsSpan(40, 4).Fill(1);
        var features = model.Network.forward(rand(2, 3, Side, Side), null);
        Batch both = new(2, Side, cells, [], null, [.. marked, .. new float[size]], new byte[2 * size], [true, false], [TrainingPicture.NoClass, TrainingPicture.NoClass]);
        Batch alone = both with { Count = 1, Targets = marked, Classes = new byte[size], HasPixelTruth = [true] };
        Batch normal = both with { HasPixelTruth = [true, true] };

        var of = loss.Of(features, both, 1);
        var ofFirst = loss.Of(features with { Defect = features.Defect[..1], Embedding = features.Embedding[..1] }, alone, 1);
        var ofNormal = loss.Of(features, normal, 1);

        of.Pixels.item<float>().ShouldBe(ofFirst.Pixels.item<float>(), 1e-5f);
        var second = PeakMean.Of(features.Defect)[1].item<float>();
        (ofNormal.Image.item<float>() - of.Image.item<float>()).ShouldBe(second / 2, 1e-5f, "log-likelihoods of the two labels differ by the logit");
        loss.Of(features, both with { HasPixelTruth = [false, false] }, 1).Total.item<float>().ShouldSatisfyAllConditions(t => float.IsFinite(t).ShouldBeTrue());
    }

    /// <summary>The name goes to the cells around the peak, and to nothing else: their embeddings alone are moved.</summary>
    [Fact]
    public void Of_CropWhoseOnlyDefectIsNotMarked_NamesItsPeak()
    {
        using var scope = NewDisposeScope();
        const int cells = 16, size = cells * cells;
        using EdgeModel model = new(new EdgeModelDescription(
            new EdgeNetworkOptions { Size = NetworkSize.Nano }, [TrainedClass.Of("crack", Vocabulary.English)!, TrainedClass.Of("stain", Vocabulary.English)!], EdgeCalibration.None,
            new EdgeModelLineage([], [], 1, 0, null)));
        EdgeLoss loss = new(model, new WordSource(Vocabulary.English, model.Description.Classes, new HashSet<string>(), 1), new EdgeLossWeights());
        var features = model.Network.forward(rand(2, 3, Side, Side), null);
        var map = full([2, cells, cells], -6f);
        map[1, 3, 4] = 4;
        map[1, 3, 5] = 3.5;
        map[1, 12, 12] = -1;
        var embedding = features.Embedding.detach().requires_grad_();
        Batch batch = new(2, Side, cells, [], null, new float[2 * size], new byte[2 * size], [false, false], [TrainingPicture.NoClass, 2]);

        var naming = loss.Of(features with { Defect = map, Embedding = embedding }, batch, 1).Naming;
        naming.backward();

        naming.item<float>().ShouldBeGreaterThan(0);
        var moved = embedding.grad!.abs().sum([1]);
        var where = moved.gt(0).nonzero().data<long>().ToArray();
        where.ShouldBe([1, 3, 4, 1, 3, 5], "the third highest is no part of the peak's region");
    }

    /// <summary>Spots by folder, thin rings or full: where they are is not said.</summary>
    [Fact]
    public async Task RunAsync_FoldersOfTwoKinds_NamesThemApart()
    {
        using TestDirectory directory = new();
        foreach (var (name, kind) in new[] { ("good", 0), ("ring", 1), ("spot", 2) })
        {
            Directory.CreateDirectory(directory.File($"data/{name}"));
            for (var i = 0; i < 40; i++)
            {
                Random random = new(100 * kind + i);
                using RgbImage image = new(Side, Side);
                var (centreX, centreY) = (random.Next(10, Side - 10), random.Next(10, Side - 10));
                for (var p = 0; p < Side * Side; p++)
                {
                    var distance = Math.Sqrt(Math.Pow(p % Side - centreX, 2) + Math.Pow(p / Side - centreY, 2));
                    var isDefect = kind > 0 && distance < 7 && (kind == 2 || distance > 4);
                    image.Pixels.Slice(3 * p, 3).Fill((byte)((isDefect ? 190 : 110) + random.Next(16)));
                }

                File.WriteAllBytes(directory.File($"data/{name}/{i:D2}.png"), ImageEncoder.EncodePng(image));
            }
        }

        var (_, outcome, calibration) = await TrainOnFolders(directory, steps: 200, batch: 8);

        outcome.Validation!.Naming.ShouldNotBeNull().ShouldBeGreaterThan(0.75);
        (calibration.DefectScale, calibration.DefectOffset).ShouldBe((calibration.ImageScale, calibration.ImageOffset), "a place is as sure as the picture");
        calibration.PixelThreshold.ShouldBeGreaterThanOrEqualTo(calibration.ImageThreshold.ShouldNotBeNull());
    }

    /// <summary>A region fails a frame: a wild cell of a good one that passes by its score must be none.</summary>
    [Fact]
    public void Calibrate_NothingMarked_NoGoodPictureFailsByACellAlone()
    {
        List<TrainingPicture> pictures = [];
        List<PictureScores> scores = [];
        for (var i = 0; i < 40; i++)
        {
            var isDefective = i % 2 == 0;
            pictures.Add(new TrainingPicture { Id = $"{i}", Dataset = 0, Width = 8, Height = 8, Rgb = [], ClassIndices = [], WholeLabel = isDefective });
            var pooled = isDefective ? 1 + i / 20f : -3 + i / 20f;
            scores.Add(new PictureScores(isDefective ? [] : [pooled, pooled, pooled, i == 5 ? 2.5f : pooled], isDefective ? 0 : 2, isDefective ? [] : new bool[4], pooled, isDefective, -1, -1, null));
        }

        var calibration = Validation.Calibrate(scores, pictures, ([], []), classes: 1, stride: 4);

        var image = calibration.ImageThreshold.ShouldNotBeNull();
        Probability(0.9f).ShouldBeLessThan(image, "all that are good pass by their score");
        Probability(1).ShouldBeGreaterThanOrEqualTo(image);
        ((float)calibration.PixelThreshold).ShouldBeGreaterThan((float)Probability(2.5f), "as the agent compares");
        calibration.PixelThreshold.ShouldBeLessThan(1);

        double Probability(float logit) => 1 / (1 + Math.Exp(-(calibration.DefectScale * logit + calibration.DefectOffset)));
    }

    [Theory]
    [InlineData(3, 3, 200, 192, 7)]
    [InlineData(3, 3, 1600, 256, 4)]
    [InlineData(3, 2, 200, 192, 7)]
    [InlineData(3, 4, 200, 128, 16)]
    [InlineData(3, 0, 100, 128, 16)]
    [InlineData(0, 3, 200, 128, 16)]
    public void ForWholes_MostDefectsNotMarked_CropsAsLargeAsThePictures(int wholes, int marked, int side, int expected, int batch)
    {
        var data = TrainingPictures.Data(1, 1) with
        {
            Train = [.. Enumerable.Range(0, wholes + marked).Select(i => new TrainingPicture
            {
                Id = $"{i}", Dataset = 0, Width = side / 2, Height = side, Rgb = [], ClassIndices = [0], WholeLabel = i < wholes ? true : null, Mask = i < wholes ? null : [],
            })],
        };
        EdgeTrainingOptions usual = new();

        var options = data.WholeSide() is { } whole ? usual.ForWholes(whole) : usual;

        (options.Crops.Side, options.BatchSize).ShouldBe((expected, batch));
        Should.NotThrow(options.Validate);
    }

    [Fact]
    public async Task RunAsync_FolderPerClass_LearnsFromItAndJudgesPicturesAlone()
    {
        using TestDirectory directory = new();
        foreach (var (name, shift) in new[] { ("normal", 0), ("broken", 100) })
        {
            Directory.CreateDirectory(directory.File($"data/{name}"));
            for (var i = 0; i < 20; i++)
            {
                using RgbImage image = new(Side, Side);
                new Random(i + shift).NextBytes(image.Pixels);
                File.WriteAllBytes(directory.File($"data/{name}/{i:D2}.png"), ImageEncoder.EncodePng(image));
            }
        }

        var (data, outcome, _) = await TrainOnFolders(directory, steps: 3, batch: 4);

        data.Problems.ShouldBeEmpty();
        data.Names.ShouldBe(["folders:data"]);
        data.Train.Count(p => p.WholeLabel == true).ShouldBe(11);
        data.Train.Where(p => !p.IsDefective).ShouldAllBe(p => p.WholeLabel == false && p.HasPixelTruth);
        outcome.Validation!.ImageAuroc.ShouldNotBeNull();
        outcome.Validation.PixelAp.ShouldBeNull();
        outcome.Validation.Naming.ShouldNotBeNull("the name is told, though there is but one");
    }

    private static async Task<(TrainingData Data, TrainingOutcome Outcome, EdgeCalibration Calibration)> TrainOnFolders(TestDirectory directory, int steps, int batch)
    {
        var data = TrainingDataReader.Read([$"folders:{directory.File("data")}"], shots: null, seed: 1, normalOnly: false);
        using EdgeTrainer trainer = new(
            new EdgeTrainingOptions { Network = new EdgeNetworkOptions { Size = NetworkSize.Nano }, Crops = new CropOptions { Side = Side }, Steps = steps, BatchSize = batch },
            data,
            directory.File("run"));
        var (outcome, model) = await trainer.RunAsync(null, TestContext.Current.CancellationToken);
        using (model)
        {
            return (data, outcome, model.Description.Calibration);
        }
    }
}
