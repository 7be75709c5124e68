using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Networks;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Runs;
using IMDD.Testing;
using TorchSharp;

namespace IMDD.Learning.Training.Tests;

public sealed class EdgeTrainerTests
{
    private const int Steps = 14;

    private static readonly TrainingData Data = TrainingPictures.Data(train: 24, validation: 6);

    private static readonly EdgeTrainingOptions Options = new()
    {
        Network = new EdgeNetworkOptions { Size = NetworkSize.Nano },
        Crops = new CropOptions { Side = 64 },
        Steps = Steps,
        BatchSize = 4,
        Validations = 3,
        CheckpointEvery = 3,
    };

    [Fact]
    public async Task RunAsync_SameSeed_SameWeights()
    {
        using TestDirectory directory = new();

        var one = await Train(Options, directory.File("one"));
        var again = await Train(Options, directory.File("again"));
        var other = await Train(Options with { Seed = 2 }, directory.File("other"));

        again.ShouldBe(one);
        other.ShouldNotBe(one);
    }

    /// <summary>The run is cut off right after steps that were drawn, with whatever was on disk then, as often as it takes.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RunAsync_CutOffAtRandomSteps_SameWeightsAsUninterrupted(int seed)
    {
        using TestDirectory directory = new();
        var whole = await Train(Options, directory.File("whole"));
        Random random = new(seed);
        var cuts = 0;
        string? resumed = null;
        while (resumed is null)
        {
            var cut = cuts < 3 ? random.Next(2, Steps - 2) : int.MaxValue;
            try
            {
                resumed = await Train(Options, directory.File("cut"), new CutOff(cut));
            }
            catch (CutOffException)
            {
                cuts++;
            }
        }

        cuts.ShouldBeInRange(1, 3);
        resumed.ShouldBe(whole);
    }

    /// <summary>Every thread of the pool keeps a number of its own, by which libtorch sums in another order: a step may come to any of them.</summary>
    [Fact]
    public async Task RunAsync_OnThreadsWithOtherNumbersOfThreads_SameWeights()
    {
        using TestDirectory directory = new();
        var before = torch.get_num_threads();
        var expected = await Train(Options, directory.File("own"));
        using EdgeTrainer trainer = new(Options, Data, directory.File("others"));
        await SetOnPoolAsync(4);

        var (outcome, model) = await trainer.RunAsync(null, TestContext.Current.CancellationToken);

        model.Dispose();
        await SetOnPoolAsync(before);
        outcome.Digest.ShouldBe(expected);

        static async Task SetOnPoolAsync(int threads)
        {
            const int Count = 12;
            using Barrier all = new(Count);
            await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => Task.Run(() =>
            {
                torch.get_num_threads(); // a thread's first call takes over what another has set
                torch.set_num_threads(threads);
                all.SignalAndWait(TestContext.Current.CancellationToken);
            })));
        }
    }

    /// <summary>
    /// How many steps the minutes are is measured, and measured again it is another number. What is on disk when it has just been planned, and when the run was
    /// validated again, is what a kill then leaves. Steps of one length, else the plan could be lowered.
    /// </summary>
    [Theory]
    [InlineData(StepPlan.WarmUp + StepPlan.Measured)]
    [InlineData(72)]
    public async Task RunAsync_KilledOnceTheStepsArePlanned_SameWeightsAsUninterrupted(long killed)
    {
        const int planned = 90; // 11.25 s of steps of 0.125 s
        using TestDirectory directory = new();
        var options = Options with { Steps = null, Minutes = 0.1875, CheckpointEvery = 1000, Validations = 10 };

        using EdgeTrainer trainer = new(options, Data, directory.File("whole")) { CpuSeconds = Even() };
        var (whole, model) = await trainer.RunAsync(new Watch(value =>
        {
            if (value.Step == killed)
            {
                Copy(directory.File("whole"), directory.File("left"));
            }
        }), TestContext.Current.CancellationToken);
        model.Dispose();
        using EdgeTrainer next = new(options, Data, directory.File("left")) { CpuSeconds = Even() };
        var first = next.Step;
        var (resumed, again) = await next.RunAsync(null, TestContext.Current.CancellationToken);
        again.Dispose();

        (whole.Step, whole.Steps).ShouldBe((planned, planned));
        whole.Curve.Select(point => point.Step).ShouldBe([63, 72, 81, 90]);
        first.ShouldBe(killed);
        resumed.Steps.ShouldBe(planned);
        resumed.BestStep.ShouldBe(whole.BestStep);
        resumed.Curve.ShouldBe(whole.Curve);
        resumed.Digest.ShouldBe(whole.Digest);
    }

    [Fact]
    public async Task RunAsync_NewestCheckpointDamaged_GoesOnFromTheOneBeforeWithTheSameWeights()
    {
        using TestDirectory directory = new();
        var whole = await Train(Options, directory.File("whole"));
        await Should.ThrowAsync<CutOffException>(() => Train(Options, directory.File("cut"), new CutOff(8)));
        var newest = Directory.EnumerateDirectories(directory.File("cut"), "checkpoint-*").Order(StringComparer.Ordinal).Last();
        File.WriteAllBytes(Path.Combine(newest, "optimizer.bin"), []);

        using EdgeTrainer trainer = new(Options, Data, directory.File("cut"));
        trainer.Notice.ShouldNotBeNull().ShouldContain(newest);
        trainer.Step.ShouldBeInRange(1, 7);
        var (outcome, model) = await trainer.RunAsync(null, TestContext.Current.CancellationToken);
        model.Dispose();

        outcome.Digest.ShouldBe(whole);
    }

    /// <summary>A picture that is all defect is found by any weights: the score is 1 from the first validation on.</summary>
    [Fact]
    public async Task RunAsync_NoBetterForSoManyValidations_EndsEarlyWithTheBest()
    {
        using TestDirectory directory = new();
        var plain = TrainingPictures.Picture(30_000);
        var mask = new byte[plain.Width * plain.Height];
        Array.Fill(mask, byte.MaxValue);
        var data = Data with { Validation = [plain with { Mask = mask, Classes = new byte[mask.Length] }] };
        var options = Options with { Steps = 40, Validations = 20, Patience = 4 };

        using EdgeTrainer trainer = new(options, data, directory.File("patient"));
        var (outcome, model) = await trainer.RunAsync(null, TestContext.Current.CancellationToken);
        using EdgeTrainer endless = new(options with { Patience = 100 }, data, directory.File("endless"));
        var (all, other) = await endless.RunAsync(null, TestContext.Current.CancellationToken);

        outcome.Curve.ShouldAllBe(point => point.Validation.Score == 1);
        (outcome.Step, outcome.BestStep).ShouldBe((10, 2), "validations at steps 2, 4, 6, 8 and 10, of which four were no better");
        (all.Step, all.BestStep).ShouldBe((40, 2));
        all.Digest.ShouldBe(outcome.Digest);
        model.Dispose();
        other.Dispose();
    }

    /// <summary>Normal pictures alone tell no weights from others: none are better, and none are worse.</summary>
    [Fact]
    public async Task RunAsync_NoDefectToJudgeBy_TakesAllStepsAndKeepsTheLastWeights()
    {
        using TestDirectory directory = new();
        var options = Options with { Steps = 20, Validations = 10, Patience = 2 };
        using EdgeTrainer trainer = new(options, Data with { Validation = [TrainingPictures.Picture(30_000)] }, directory.File("normal"));
        using EdgeTrainer unjudged = new(options, Data with { Validation = [] }, directory.File("none"));

        var (outcome, model) = await trainer.RunAsync(null, TestContext.Current.CancellationToken);
        var (last, other) = await unjudged.RunAsync(null, TestContext.Current.CancellationToken);

        outcome.Curve.Count.ShouldBe(10);
        (outcome.Step, outcome.BestStep).ShouldBe((20, 20));
        outcome.Digest.ShouldBe(last.Digest);
        model.Dispose();
        other.Dispose();
    }

    /// <summary>Where nothing of a batch has a name, what learns names moves on by its momentum: a resumed run has to know that it moved before.</summary>
    [Fact]
    public async Task RunAsync_CutOffBeforeABatchWithoutNames_SameWeightsAsUninterrupted()
    {
        using TestDirectory directory = new();
        List<TrainingPicture> pictures = [.. Data.Train.Select(p => p.IsDefective ? p with { Classes = new byte[p.Classes!.Length], ClassIndices = [] } : p), .. Data.Train.Where(p => p.ClassIndices is [1]).Take(1)];
        var data = Data with { Train = pictures, Validation = [TrainingPictures.Picture(30_000)] };
        var options = Options with { BatchSize = 2, AverageDecay = 0 };
        BatchSource batches = new(data.Train, options.Crops, options.BatchSize, options.Seed, withReferences: false);
        var (hasNames, step) = (false, 0);
        while (await HasNamesAsync(step) || !hasNames)
        {
            hasNames |= await HasNamesAsync(step++);
        }

        step.ShouldBeLessThan(30);
        options = options with { Steps = step + 1, Validations = step + 1 };
        using CancellationTokenSource stop = new();
        using (EdgeTrainer cut = new(options, data, directory.File("cut")))
        {
            await Should.ThrowAsync<OperationCanceledException>(() => cut.RunAsync(new Watch(value => Stop(value.Step)), stop.Token));
        }

        using EdgeTrainer trainer = new(options, data, directory.File("whole"));
        var (whole, model) = await trainer.RunAsync(null, TestContext.Current.CancellationToken);
        using EdgeTrainer next = new(options, data, directory.File("cut"));
        next.Step.ShouldBe(step);
        var (resumed, again) = await next.RunAsync(null, TestContext.Current.CancellationToken);

        resumed.Digest.ShouldBe(whole.Digest);
        model.Dispose();
        again.Dispose();

        async Task<bool> HasNamesAsync(long at) => (await batches.GetAsync(at)).Classes.Any(c => c != TrainingPicture.NoClass);

        void Stop(long taken)
        {
            if (taken == step)
            {
                stop.Cancel();
            }
        }
    }

    /// <summary>What is kept are the running means of the weights, not the weights of the last step.</summary>
    [Fact]
    public async Task RunAsync_AtItsEnd_KeepsTheMeansOfTheWeights()
    {
        using TestDirectory directory = new();
        using EdgeTrainer trainer = new(Options with { Steps = 6, Validations = 1 }, Data, directory.Path);

        var (_, model) = await trainer.RunAsync(null, TestContext.Current.CancellationToken);
        using (model)
        {
            var last = new CheckpointFolder(directory.Path).Newest(out _).ShouldNotBeNull();
            last.State.Step.ShouldBe(6);
            var kept = model.Tensors();
            kept.Where(t => !IsIn(last, t, "average.")).ShouldBeEmpty();
            kept.Count(t => !IsIn(last, t, "")).ShouldBeGreaterThan(10, "the weights themselves are elsewhere");
        }

        static bool IsIn(Checkpoint checkpoint, Float32Tensor tensor, string prefix)
            => checkpoint.Tensors[prefix + tensor.Name].Values.Span.SequenceEqual(tensor.Values.Span);
    }

    /// <summary>A loss that is still a number may have gradients that are none: clipped by their norm nothing would be learned from then on.</summary>
    [Fact]
    public async Task RunAsync_GradientsThatAreNoNumbers_EndsBeforeTheyMoveAWeight()
    {
        using TestDirectory directory = new();
        using EdgeTrainer trainer = new(Options with { Losses = new() { Image = 1e30 } }, Data, directory.Path);

        var error = await Should.ThrowAsync<TrainingException>(() => trainer.RunAsync(null, TestContext.Current.CancellationToken));

        error.Message.ShouldContain("gradients of step 0");
        trainer.Step.ShouldBe(0);
    }

    /// <summary>AdamW divides by the gradients' own size, but not below 1e-8: gradients clipped far below that move nothing.</summary>
    [Theory]
    [InlineData(1e-13, false)]
    [InlineData(2, true)]
    public async Task RunAsync_GradientsClipped_MoveTheWeightsByNoMore(double most, bool moves)
    {
        using TestDirectory directory = new();
        using EdgeModel start = new(new EdgeModelDescription(Options.Network, Data.Classes, EdgeCalibration.None, new EdgeModelLineage([], [], 0, 0, null)));
        using EdgeTrainer trainer = new(
            Options with { Steps = 2, Validations = 1, WeightDecay = 0, AverageDecay = 0, MaxGradientNorm = most, Losses = new() { Memory = 0 } }, Data, directory.Path, start);

        var (_, model) = await trainer.RunAsync(null, TestContext.Current.CancellationToken);
        using (model)
        {
            var (before, after) = (start.Network.DefectHead.weight!.data<float>().ToArray(), model.Network.DefectHead.weight!.data<float>().ToArray());
            var moved = before.Zip(after, (a, b) => Math.Abs(a - b)).Max();
            (moved > 1e-4f).ShouldBe(moves, $"{moved}");
            (moved < 1e-6f).ShouldBe(!moves, $"{moved}");
        }
    }

    [Fact]
    public async Task RunAsync_ClockThatIsAdvanced_TellsTheTimeLeft()
    {
        using TestDirectory directory = new();
        SteppedClock clock = new();
        List<(long Step, TimeSpan? Left)> told = [];
        using EdgeTrainer trainer = new(Options with { Steps = 40, Validations = 1 }, Data, directory.Path, time: clock);

        var (_, model) = await trainer.RunAsync(new Watch(value =>
        {
            told.Add((value.Step, value.Left));
            clock.Advance(TimeSpan.FromSeconds(30));
        }), TestContext.Current.CancellationToken);
        model.Dispose();

        told.ShouldBe([(10, TimeSpan.Zero), (20, TimeSpan.FromSeconds(30)), (30, TimeSpan.FromSeconds(20)), (40, TimeSpan.Zero)]);
    }

    [Fact]
    public async Task RunAsync_Cancelled_LeavesACheckpointOfThatStep()
    {
        using TestDirectory directory = new();
        using CancellationTokenSource stop = new();
        var data = TrainingPictures.Data(train: 12, validation: 0);
        var options = Options with { CheckpointEvery = 1000, Steps = 200 };
        using (EdgeTrainer trainer = new(options, data, directory.Path))
        {
            await Should.ThrowAsync<OperationCanceledException>(async () => await trainer.RunAsync(new CancelAt(stop), stop.Token));
        }

        using EdgeTrainer next = new(options, data, directory.Path);
        next.Step.ShouldBe(10);
    }

    [Fact]
    public async Task Constructor_FolderOfAnotherRun_IsRefused()
    {
        using TestDirectory directory = new();
        await Train(Options, directory.Path);

        Should.Throw<TrainingException>(() => new EdgeTrainer(Options with { LearningRate = 0.001 }, Data, directory.Path))
            .Message.ShouldContain("holds a run with other options or data");
    }

    /// <summary>Runs of before what is learned as a whole was marked go on.</summary>
    [Fact]
    public async Task Constructor_FolderOfARunWhoseWholeDataHaveNoMark_GoesOn()
    {
        using TestDirectory directory = new();
        var options = Options with { Steps = 2 };
        await Train(options, directory.Path);

        using EdgeTrainer next = new(options, Data with { SplitIds = [LearnedSplits.Whole(Data.SplitIds[0])] }, directory.Path);

        next.Step.ShouldBe(2);
    }

    /// <summary>Weights of the old truth under the digest of the new one would be a false lineage.</summary>
    [Fact]
    public async Task Constructor_FolderOfARunOnOtherTruthOrClasses_IsRefused()
    {
        using TestDirectory directory = new();
        await Train(Options, directory.Path);
        var defective = Data.Train.First(p => p.IsDefective);
        byte[] rgb = [.. defective.Rgb], mask = [.. defective.Mask!], classes = [.. defective.Classes!];
        rgb[0] ^= 1;
        mask[0] ^= byte.MaxValue;
        classes[Array.FindIndex(classes, c => c != TrainingPicture.NoClass)] ^= 3;
        TrainedClass kept = new("stain", "stain", [], "minor");
        Dictionary<string, TrainingData> others = new()
        {
            ["a pixel"] = With(defective with { Rgb = rgb }),
            ["a pixel of a mask"] = With(defective with { Mask = mask }),
            ["a pixel's class"] = With(defective with { Classes = classes }),
            ["a weight"] = With(defective with { Weight = 0.5 }),
            ["an outline"] = With(defective with { IsOutlined = true }),
            ["a class that is kept"] = Data with { Classes = [.. Data.Classes, kept] },
            ["a word for a class"] = Data with { Classes = [Data.Classes[0] with { Synonyms = ["stroke"] }, Data.Classes[1]] },
            ["what is judged by"] = Data with { Validation = [.. Data.Validation.Skip(1)] },
        };

        foreach (var (what, other) in others)
        {
            Should.Throw<TrainingException>(() => new EdgeTrainer(Options, other, directory.Path), what).Message.ShouldContain("holds a run with other options or data");
        }

        using EdgeTrainer same = new(Options, Data with { Problems = [new("file", "not used")] }, directory.Path);
        same.Step.ShouldBe(Steps);

        static TrainingData With(TrainingPicture changed) => Data with { Train = [.. Data.Train.Select(p => p.Id == changed.Id ? changed : p)] };
    }

    [Fact]
    public async Task RunAsync_ManySteps_LeaveNoTensorBehind()
    {
        using TestDirectory directory = new();
        TensorCounts counts = new();
        using EdgeTrainer trainer = new(Options with { Steps = 60, Validations = 1, CheckpointEvery = 1000 }, Data, directory.Path);

        var (_, model) = await trainer.RunAsync(counts, TestContext.Current.CancellationToken);
        model.Dispose();

        counts.Count.ShouldBeGreaterThan(4);
        counts.ShouldNotGrow();
    }

    [Fact]
    public async Task RunAsync_EasyDefects_AreFoundAndNamed()
    {
        using TestDirectory directory = new();
        using EdgeTrainer trainer = new(
            Options with { Steps = 150, BatchSize = 8, AverageDecay = 0.95, CheckpointEvery = 1000 }, TrainingPictures.Data(48, 18), directory.Path);

        var (outcome, model) = await trainer.RunAsync(null, TestContext.Current.CancellationToken);
        using (model)
        {
            outcome.Validation!.PixelAuroc!.Value.ShouldBeGreaterThan(0.95);
            outcome.Validation.ImageAuroc!.Value.ShouldBeGreaterThan(0.9);
            outcome.Validation.Naming!.Value.ShouldBeGreaterThan(0.8);
            model.Description.Calibration.RowThresholds.Count.ShouldBe(2);
            model.Description.Calibration.Regions.ShouldBeNull("of so few pictures nothing can be said about regions");
            model.Digest().ShouldBe(outcome.Digest);
        }
    }

    [Fact]
    public async Task RunAsync_StartedFromAModel_BeginsWithItsWeightsAndRemembersWhatItLearned()
    {
        using TestDirectory directory = new();
        using EdgeModel start = new(new EdgeModelDescription(
            Options.Network, Data.Classes, EdgeCalibration.None, new EdgeModelLineage(["a", "b"], ["sha256:a", "whole:sha256:b"], 0, 0, null) { EarlierWhole = ["whole:sha256:c"] }));
        using EdgeTrainer trainer = new(Options with { Steps = 1, LearningRate = 1e-12, WeightDecay = 0 }, Data, directory.Path, start);

        var (_, model) = await trainer.RunAsync(null, TestContext.Current.CancellationToken);
        using (model)
        {
            model.Description.Lineage.Parent.ShouldBe(start.Digest());
            model.Description.Lineage.KnownSplits.ShouldBe([.. Data.SplitIds, "whole:sha256:b", "whole:sha256:c"], "no side of these was ever held out");
            var (before, after) = (start.Network.DefectHead.weight!.data<float>().ToArray(), model.Network.DefectHead.weight!.data<float>().ToArray());
            before.Zip(after, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-6f);
        }
    }

    /// <summary>A model of before there was attention is given it, and loses nothing by that.</summary>
    [Fact]
    public async Task RunAsync_StartedFromAModelWithoutAttention_HasItsWeightsAndAttentionThatAddsNothing()
    {
        using TestDirectory directory = new();
        using EdgeModel start = new(new EdgeModelDescription(
            Options.Network, Data.Classes, EdgeCalibration.None, new EdgeModelLineage([], [], 0, 0, null)));
        var options = Options with { Network = Options.Network with { Attention = true }, Steps = 1, LearningRate = 1e-12, WeightDecay = 0, StartShare = 0.5 };
        using EdgeTrainer trainer = new(options, Data, directory.Path, start);

        var (_, model) = await trainer.RunAsync(null, TestContext.Current.CancellationToken);
        using (model)
        {
            var (before, after) = (start.Tensors().ToDictionary(t => t.Name, StringComparer.Ordinal), model.Tensors());
            model.Description.Network.Attention.ShouldBeTrue();
            foreach (var tensor in after.Where(t => t.Name.EndsWith("_joined.weight", StringComparison.Ordinal)))
            {
                tensor.Values.ToArray().ShouldAllBe(value => Math.Abs(value) < 1e-9f, "what the cells gather is added with weight nothing");
            }

            foreach (var tensor in after.Where(t => before.ContainsKey(t.Name) && !t.Name.Contains("running", StringComparison.Ordinal)))
            {
                tensor.Values.ToArray().Zip(before[tensor.Name].Values.ToArray(), (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-6f, tensor.Name);
            }

            after.Select(t => t.Name).Except(before.Keys, StringComparer.Ordinal).Count().ShouldBe(2);
        }
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, true)]
    public void Constructor_StartThatWouldLoseAttentionOrWouldNotStayAsItIs_IsRefused(bool had, bool has, bool sideBranch)
    {
        using TestDirectory directory = new();
        using EdgeModel start = new(new EdgeModelDescription(
            Options.Network with { Attention = had }, [Data.Classes[0]], EdgeCalibration.None, new EdgeModelLineage([], [], 0, 0, null)));
        var options = Options with { Network = Options.Network with { Attention = has }, SideBranch = sideBranch };

        var message = Should.Throw<TrainingException>(() => new EdgeTrainer(options, Data, directory.Path, start)).Message;

        message.ShouldContain($"Attention = {had}");
        message.Contains("stays as it is", StringComparison.Ordinal).ShouldBe(sideBranch);
    }

    [Fact]
    public void Validate_SeveralOptionsOff_AllAreNamed()
    {
        var problems = Should.Throw<ArgumentException>(() => (Options with { BatchSize = 1, Minutes = 0, Crops = new CropOptions { Side = 65 } }).Validate()).Message;

        problems.ShouldContain("BatchSize is 1");
        problems.ShouldContain("Minutes is 0");
        problems.ShouldContain("Crops.Side is 65");
    }

    /// <summary>A clock by which every step takes an eighth of a second, which binary numbers hold without rounding.</summary>
    private static Func<double> Even()
    {
        var asked = 0;
        return () => asked++ * 0.125;
    }

    private static async Task<string> Train(EdgeTrainingOptions options, string folder, IProgress<TrainingProgress>? progress = null)
    {
        using EdgeTrainer trainer = new(options, Data, folder);
        var (outcome, model) = await trainer.RunAsync(progress, TestContext.Current.CancellationToken);
        model.Dispose();
        return outcome.Digest;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private sealed class CutOffException : Exception;

    private sealed class Watch(Action<TrainingProgress> told) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => told(value);
    }

    private sealed class SteppedClock : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _now += by.Ticks;
    }

    /// <summary>Ends the run in the middle, like a kill: nothing is written any more.</summary>
    private sealed class CutOff(int step) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step >= step)
            {
                throw new CutOffException();
            }
        }
    }

    private sealed class CancelAt(CancellationTokenSource stop) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => stop.Cancel();
    }
}
