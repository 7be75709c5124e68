using IMDD.Learning.Networks;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Runs;
using IMDD.Testing;

namespace IMDD.Learning.Training.Tests;

/// <summary>A new class learned beside a network that stays as it is.</summary>
public sealed class SideBranchTrainingTests
{
    private const int Line = 1;
    private const int Spot = 2;

    private static readonly EdgeTrainingOptions Options = new()
    {
        Network = new EdgeNetworkOptions { Size = NetworkSize.Nano },
        Crops = new CropOptions { Side = 64 },
        Steps = 150,
        BatchSize = 8,
        AverageDecay = 0.95,
        Validations = 1,
        CheckpointEvery = 1000,
    };

    private static readonly EdgeTrainingOptions Beside = Options with { SideBranch = true };

    [Fact]
    public async Task RunAsync_NewClass_IsLearnedAndNothingElseChanges()
    {
        using TestDirectory directory = new();
        using var start = await Train(Options, Lines(48, 18), directory.File("start"));
        using var model = await Train(Beside, Both(48, 18), directory.File("beside"), start);

        model.Description.Network.SideBranches.ShouldBe(1);
        model.Description.Classes.Select(c => c.Id).ShouldBe(["line", "spot"]);
        var now = model.Tensors().ToDictionary(t => t.Name, t => t.Values.ToArray(), StringComparer.Ordinal);
        foreach (var tensor in start.Tensors())
        {
            now[tensor.Name].ShouldBe(tensor.Values.ToArray(), tensor.Name);
        }

        var (before, after) = (start.Description.Calibration, model.Description.Calibration);
        (after with { RowThresholds = before.RowThresholds }).ShouldBe(before);
        after.RowThresholds[0].ShouldBe(before.RowThresholds[0]);

        List<TrainingPicture> unseen = [.. Enumerable.Range(50_000, 60).Select(TrainingPictures.Picture)];
        List<TrainingPicture> known = [.. unseen.Where(p => !IsSpot(p))];
        var threshold = Math.Log(after.PixelThreshold / (1 - after.PixelThreshold));
        foreach (var (was, still) in Score(start, known).Zip(Score(model, known)))
        {
            IsFound(still).ShouldBe(IsFound(was));
            still.Named.ShouldBe(was.Named);
        }

        var spots = Score(model, [.. unseen.Where(IsSpot)]);
        spots.Count(s => IsFound(s) && s.Named == 1).ShouldBeGreaterThanOrEqualTo(spots.Count * 9 / 10);

        bool IsFound(PictureScores score) => score.Logits.Count(logit => after.DefectScale * logit + after.DefectOffset >= threshold) > 1;
    }

    [Fact]
    public async Task RunAsync_SecondNewClass_LeavesTheFirstBranchAsItIs()
    {
        using TestDirectory directory = new();
        using var start = await Train(Options with { Steps = 4 }, Lines(12, 6), directory.File("start"));
        using var first = await Train(Beside with { Steps = 4 }, Both(12, 6), directory.File("first"), start);
        var third = Both(12, 6) with { Classes = [.. Both(1, 1).Classes, new TrainedClass("stain", "stain", [], "minor")] };
        third = third with { Train = [.. third.Train.Select(p => p.ClassIndices is [1] ? p with { ClassIndices = [2], Classes = Array.ConvertAll(p.Classes!, c => c == 2 ? (byte)3 : c) } : p)] };
        using var second = await Train(Beside with { Steps = 4, Network = first.Description.Network }, third, directory.File("second"), first);

        second.Description.Network.SideBranches.ShouldBe(2);
        var now = second.Tensors().ToDictionary(t => t.Name, t => t.Values.ToArray(), StringComparer.Ordinal);
        foreach (var tensor in first.Tensors())
        {
            now[tensor.Name].ShouldBe(tensor.Values.ToArray(), tensor.Name);
        }

        second.Network.Branches.Count.ShouldBe(2);
    }

    /// <summary>What a branch claims on a picture of its class whose pixels nobody marked, or on a defect that nobody named, is not known to be wrong.</summary>
    [Fact]
    public async Task RunAsync_PicturesThatAreNotMarkedOrNotNamed_LeaveTheThresholdAsItIs()
    {
        using TestDirectory directory = new();
        using var start = await Train(Options with { Steps = 40 }, Lines(24, 6), directory.File("start"));
        var options = Beside with { Steps = 100 };
        var data = Both(24, 6);
        List<TrainingPicture> spots = [.. Enumerable.Range(20_000, 90).Select(TrainingPictures.Picture).Where(IsSpot)];
        List<TrainingPicture> unmarked = [.. spots.Select(p => p with { Mask = null, Classes = null, Anchors = [], WholeLabel = true })];
        List<TrainingPicture> unnamed = [.. spots.Select(p => p with { Classes = new byte[p.Classes!.Length], ClassIndices = [], IsOutlined = true })];

        using var without = await Train(options, data, directory.File("without"), start);
        using var withUnmarked = await Train(options, data with { Validation = [.. data.Validation, .. unmarked] }, directory.File("unmarked"), start);
        using var withUnnamed = await Train(options, data with { Validation = [.. data.Validation, .. unnamed] }, directory.File("unnamed"), start);

        withUnmarked.Digest().ShouldBe(without.Digest());
        withUnnamed.Digest().ShouldBe(without.Digest());
    }

    [Fact]
    public async Task RunAsync_CutOff_SameWeightsAsUninterrupted()
    {
        using TestDirectory directory = new();
        using var start = await Train(Options with { Steps = 4 }, Lines(12, 6), directory.File("start"));
        var options = Beside with { Steps = 40, CheckpointEvery = 7 };
        using var whole = await Train(options, Both(12, 6), directory.File("whole"), start);
        await Should.ThrowAsync<InvalidOperationException>(() => Train(options, Both(12, 6), directory.File("cut"), start, new EndAt(30)));

        using var resumed = await Train(options, Both(12, 6), directory.File("cut"), start);

        resumed.Digest().ShouldBe(whole.Digest());
    }

    [Fact]
    public async Task RunAsync_ManySteps_LeaveNoTensorBehind()
    {
        using TestDirectory directory = new();
        using var start = await Train(Options with { Steps = 4 }, Lines(12, 6), directory.File("start"));
        TensorCounts counts = new();

        using var model = await Train(Beside with { Steps = 60 }, Both(12, 6), directory.File("beside"), start, counts);

        counts.Count.ShouldBeGreaterThan(4);
        counts.ShouldNotGrow(butLast: 0);
    }

    [Fact]
    public async Task Constructor_NothingNewOrNothingToStartFrom_IsRefused()
    {
        using TestDirectory directory = new();
        using var start = await Train(Options with { Steps = 4 }, Both(12, 6), directory.File("start"));

        Should.Throw<TrainingException>(() => new EdgeTrainer(Beside, Both(12, 6), directory.File("same"), start)).Message.ShouldContain("no class that the model to start from cannot name");
        Should.Throw<ArgumentException>(() => new EdgeTrainer(Beside, Both(12, 6), directory.File("none"))).Message.ShouldContain("none to start from");
        Should.Throw<ArgumentException>(() => (Beside with { StartShare = 0.5 }).Validate()).Message.ShouldContain("StartShare is 0.5");
    }

    private static IReadOnlyList<PictureScores> Score(EdgeModel model, IReadOnlyList<TrainingPicture> pictures) => new PictureScorer(model).Score(pictures);

    private static TrainingData Both(int train, int validation) => Outlined(TrainingPictures.Data(train, validation));

    private static TrainingData Lines(int train, int validation)
    {
        var data = Both(train * 3 / 2, validation * 3 / 2);
        return data with { Classes = [data.Classes[0]], Train = [.. data.Train.Where(p => !IsSpot(p))], Validation = [.. data.Validation.Where(p => !IsSpot(p))] };
    }

    private static TrainingData Outlined(TrainingData data)
        => data with { Train = [.. data.Train.Select(p => p with { IsOutlined = true })], Validation = [.. data.Validation.Select(p => p with { IsOutlined = true })] };

    private static bool IsSpot(TrainingPicture picture) => picture.ClassIndices is [Spot - Line];

    private static async Task<EdgeModel> Train(
        EdgeTrainingOptions options, TrainingData data, string folder, EdgeModel? start = null, IProgress<TrainingProgress>? progress = null)
    {
        using EdgeTrainer trainer = new(options, data, folder, start);
        var (_, model) = await trainer.RunAsync(progress, TestContext.Current.CancellationToken);
        return model;
    }

    /// <summary>Ends the run in the middle, like a kill: nothing is written any more.</summary>
    private sealed class EndAt(int step) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step >= step)
            {
                throw new InvalidOperationException("killed");
            }
        }
    }
}
