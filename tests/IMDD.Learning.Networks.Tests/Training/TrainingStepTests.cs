using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Networks.Losses;
using IMDD.Learning.Networks.Training;
using IMDD.Learning.Weights.Configurations;
using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Training;

public sealed class TrainingStepTests
{
    private const int Steps = 25;

    private static readonly FoundationConfiguration Tiny = FoundationConfiguration.Of("tiny");

    [Theory]
    [InlineData(NumberFormat.Single)]
    [InlineData(NumberFormat.BFloat16)]
    public void Diffusion_TheSameBatch_IsLearnt(NumberFormat format)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using FoundationNetwork network = new(Tiny);
        network.Unet.to(MasterWeights.TypeOf(format));
        network.Unet.parameters().ShouldAllBe(parameter => parameter.dtype == MasterWeights.TypeOf(format));
        using DiffusionStep step = new(network, new StepOptions(LearningRate: 3e-3));
        using NoiseSource random = new(3);
        var batch = Batch(random);
        List<(double Noise, double Alignment)> losses = [];
        for (var index = 0; index < Steps; index++)
        {
            // The same timesteps and noise every time: what is to be learnt does not move.
            using NoiseSource same = new(9);
            var (noise, alignment, taken) = step.Run(batch, same);
            taken.ShouldBeTrue();
            losses.Add((noise, alignment));
        }

        losses[^1].Noise.ShouldBeInRange(0, 0.9 * losses[0].Noise);
        losses[^1].Alignment.ShouldBeInRange(0, 0.5 * losses[0].Alignment);
    }

    [Fact]
    public void Masks_TheSameBatch_IsLearnt()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using FoundationNetwork network = new(Tiny);
        using MaskStep step = new(network, new MaskCriterion(points: new MaskPointOptions(Count: 64)), new StepOptions(3e-3, 0.05, 1));
        using NoiseSource random = new(3);
        var masks = zeros(1, 64, 64);
        masks.narrow(1, 0, 32).fill_(1);
        MaskBatch batch = new(
            [random.Draw([2, 16, 16, 16]), random.Draw([2, 32, 8, 8]), random.Draw([2, 32, 4, 4]), random.Draw([2, 32, 2, 2])],
            [new MaskTargets(tensor(new long[] { 1 }), masks), new MaskTargets(zeros([0], int64), zeros(0, 64, 64))],
            random.Draw([2, 16]),
            random.Draw([2, 3, 16]));
        List<double> losses = [];
        for (var index = 0; index < Steps; index++)
        {
            losses.Add(step.Run(batch, random).Loss);
        }

        losses[^1].ShouldBeInRange(0, 0.7 * losses[0]);
    }

    /// <summary>As <see cref="Diffusion_TheSameBatch_IsLearnt"/>, through the format that a run is told to train in.</summary>
    [Theory]
    [InlineData(NumberFormat.BFloat16)]
    [InlineData(NumberFormat.Float16)]
    public void Diffusion_16Bits_LearnsAndLeavesTheMastersIn32(NumberFormat format)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using FoundationNetwork network = new(Tiny);
        using DiffusionStep step = new(network, new StepOptions(LearningRate: 3e-3), format: format);
        network.Unet.parameters().ShouldAllBe(parameter => parameter.dtype == MasterWeights.TypeOf(format));
        network.Captioner.parameters().ShouldAllBe(parameter => parameter.dtype == ScalarType.Float32);
        using NoiseSource random = new(3);
        var batch = Batch(random);
        List<double> losses = [];
        for (var index = 0; index < Steps; index++)
        {
            using NoiseSource same = new(9);
            losses.Add(step.Run(batch, same).Noise);
        }

        losses[^1].ShouldBeLessThan(0.9 * losses[0]);
        var masters = step.Denoiser.ToDictionary(entry => entry.Name, entry => entry.Master.clone());
        masters.Values.ShouldContain(master => !master.to(MasterWeights.TypeOf(format)).to(float32).allclose(master, 0, 0), "masters are finer");

        step.Widen();

        foreach (var (name, parameter) in network.Unet.named_parameters())
        {
            parameter.dtype.ShouldBe(ScalarType.Float32);
            parameter.allclose(masters[name], rtol: 0, atol: 0).ShouldBeTrue(name);
        }
    }

    [Fact]
    public void Diffusion_PaperConditioning_NeverTellsTheEmptyText()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using FoundationNetwork paper = new(Tiny with { Paper = PaperModes.Conditioning }), standard = new(Tiny);
        using DiffusionStep asTold = new(standard, conditioning: Conditioning.Paper), usual = new(standard, new StepOptions(3e-3));
        using NoiseSource random = new(3);
        var batch = Batch(random);
        for (var index = 0; index < 5; index++)
        {
            // A new network predicts nothing, whatever it is told.
            usual.Run(batch, random);
        }

        paper.load_state_dict(standard.state_dict());
        using DiffusionStep asConfigured = new(paper);

        Measure(asConfigured).ShouldBe(Measure(asTold));
        Measure(asConfigured).ShouldNotBe(Measure(usual), "of forty draws some are the empty text by default");

        (double, double) Measure(DiffusionStep step)
        {
            var (noise, alignment) = (0.0, 0.0);
            for (ulong seed = 0; seed < 10; seed++)
            {
                using NoiseSource same = new(seed);
                var losses = step.Measure(batch, same);
                (noise, alignment) = (noise + losses.Noise, alignment + losses.Alignment);
            }

            return (noise, alignment);
        }
    }

    [Theory]
    [InlineData(PaperModes.None)]
    [InlineData(PaperModes.Grounding)]
    public void Masks_ImagesWithWords_GroundingFallsAndImagesWithoutDoNotTeach(PaperModes paper)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using FoundationNetwork network = new(Tiny with { Paper = paper });
        using MaskStep step = new(network, new MaskCriterion(points: new MaskPointOptions(Count: 64)), new StepOptions(3e-3, 0.05, 1));
        using NoiseSource random = new(3);
        var batch = Worded(random, tensor(new float[] { 1, 1, 0 }));
        List<double> losses = [];
        for (var index = 0; index < Steps; index++)
        {
            var (loss, grounding, taken) = step.Run(batch, random);
            taken.ShouldBeTrue();
            grounding!.Value.ShouldBeLessThan(loss);
            losses.Add(grounding.Value);
        }

        losses[^1].ShouldBeLessThan(0.8 * losses[0]);
        step.Measure(batch with { Worded = zeros(3) }, random).Grounding.ShouldBe(0);
        step.Measure(batch with { Words = null }, random).Grounding.ShouldBeNull();
    }

    [Fact]
    public void Masks_PaperGrounding_IsThePrintedFormAtTheLearnedTemperature()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        manual_seed(1);
        using FoundationNetwork network = new(Tiny with { Paper = PaperModes.Grounding });
        using MaskStep step = new(network, new MaskCriterion(points: new MaskPointOptions(Count: 16)));
        using NoiseSource random = new(3);
        var batch = Worded(random, ones(3));
        var pixels = network.Masks.Pixels(batch.Maps);
        var masks = network.Vocabulary.Embed(network.Masks.Predict(pixels)[^1], pixels.Mask);
        var similarity = GroundingLoss.PaperSimilarity(masks, network.Vocabulary.Rows(batch.Words!), 0.07);

        step.Measure(batch, random).Grounding!.Value.ShouldBe(GroundingLoss.PaperOf(similarity, 0.07).item<float>(), 1e-3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Masks_CaptionerThatLearns_ItsGradientIsTheSlopeOfTheMaps(bool checkpointed)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using FoundationNetwork network = new(Tiny);
        network.Unet.DrawAsPaper();
        network.Unet.Checkpointed = checkpointed;
        using MaskStep step = new(network, trainsCaptioner: true);
        using NoiseSource random = new(3);
        var (noisy, image, empty) = Seen(network, random);
        var gate = network.Captioner.get_parameter("gate")!;
        var direction = random.Draw(gate.shape);
        var weights = network.FeatureMaps(noisy, image, empty).Select(map => random.Draw(map.shape)).ToList();

        Sum().backward();
        var slope = (gate.grad! * direction).sum().item<float>();
        using var untracked = no_grad();
        const double Distance = 1e-2;
        gate.add_(direction, alpha: Distance);
        var above = Sum().item<float>();
        gate.add_(direction, alpha: -2 * Distance);
        var difference = (above - Sum().item<float>()) / (2 * Distance);

        Math.Abs(slope).ShouldBeGreaterThan(0.01f);
        ((double)slope).ShouldBe(difference, 0.02 * Math.Abs(difference));
        network.Unet.parameters().Count(parameter => parameter.grad is not null).ShouldBe(0);

        Tensor Sum() => network.FeatureMaps(noisy, image, empty).Zip(weights, (map, weight) => (map * weight).sum()).Aggregate((left, right) => left + right);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Masks_Captioner_LearnsExactlyWhereItIsAskedTo(bool learns)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using FoundationNetwork network = new(Tiny);
        network.Unet.DrawAsPaper();
        using MaskStep step = new(network, new MaskCriterion(points: new MaskPointOptions(Count: 64)), new StepOptions(3e-3, 0, 1), learns);
        using NoiseSource random = new(3);
        var (noisy, image, empty) = Seen(network, random);
        var (before, frozen) = (Copy(network.Captioner), Copy(network.Unet));
        var masks = zeros(1, 16, 16);
        masks.narrow(1, 0, 8).fill_(1);

        for (var index = 0; index < 3; index++)
        {
            IReadOnlyList<Tensor> maps;
            using (set_grad_enabled(learns))
            {
                maps = network.FeatureMaps(noisy, image, empty);
            }

            step.Run(new MaskBatch(maps, [new MaskTargets(tensor(new long[] { 1 }), masks), new MaskTargets(tensor(new long[] { 0 }), masks)], random.Draw([2, 16])), random).Taken.ShouldBeTrue();
        }

        Copy(network.Captioner).Zip(before, (now, then) => now.allclose(then, rtol: 0, atol: 0)).ShouldAllBe(same => same == !learns);
        Copy(network.Unet).Zip(frozen, (now, then) => now.allclose(then, rtol: 0, atol: 0)).ShouldAllBe(same => same);

        static List<Tensor> Copy(nn.Module module) => [.. module.parameters().Select(parameter => parameter.detach().clone())];
    }

    // The bench takes a thousand of them: imdd bench foundation steps.
    [Fact]
    public void Run_HundredStepsOfBothStages_LeaveNoTensors()
    {
        using var outer = NewDisposeScope();
        using FoundationNetwork network = new(Tiny with { Masks = Tiny.Masks with { Layers = 1 } });
        network.Unet.Checkpointed = true;
        using DiffusionStep diffusion = new(network);
        using MaskStep masks = new(network, new MaskCriterion(points: new MaskPointOptions(Count: 16)));
        using NoiseSource random = new(3);
        var texts = Batch(random);
        MaskBatch targets = new(
            [random.Draw([1, 16, 8, 8]), random.Draw([1, 32, 4, 4]), random.Draw([1, 32, 2, 2]), random.Draw([1, 32, 1, 1])],
            [new MaskTargets(tensor(new long[] { 1 }), ones(1, 8, 8))],
            random.Draw([2, 16]),
            random.Draw([1, 3, 16]));
        Run(2);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Run(100);

        (DisposeScopeManager.Statistics.ThreadTotalLiveCount - before).ShouldBe(0);

        void Run(int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                diffusion.Run(texts, random);
                masks.Run(targets, random);
            }
        }
    }

    [Fact]
    public void Update_GradientsThatOverflow_AreLeftOutAndTheScaleHalved()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Linear(2, 1, hasBias: false, dtype: ScalarType.Float16);
        LossScale scale = new(start: 65_536);
        using WeightUpdate update = new([layer], new StepOptions(0.1, 0), scale);
        var before = layer.weight!.clone();
        var input = ones([1, 2], ScalarType.Float16);

        update.Apply(layer.call(input).sum() * 2).ShouldBeFalse("2 · 65,536 is beyond 16 bits");
        layer.weight.allclose(before, rtol: 0, atol: 0).ShouldBeTrue();
        scale.Value.ShouldBe(32_768);

        update.Apply(layer.call(input).sum()).ShouldBeTrue();
        layer.weight.allclose(before, rtol: 0, atol: 0).ShouldBeFalse();
    }

    [Fact]
    public void Update_ManySmallSteps_AreNotLostIn16Bits()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Linear(1, 1, hasBias: false, dtype: ScalarType.BFloat16);
        nn.init.ones_(layer.weight!);
        using WeightUpdate update = new([layer], new StepOptions(1e-3, 0));
        for (var index = 0; index < 10; index++)
        {
            update.Apply(layer.call(ones([1, 1], ScalarType.BFloat16)).sum());
        }

        // One step is a quarter of the distance between 16-bit numbers below one.
        layer.weight!.to(float32).item<float>().ShouldBe(0.99f, 0.004f);
    }

    [Fact]
    public void Update_SeveralLosses_AreOneStepByTheirMean()
    {
        using var scope = NewDisposeScope();
        using var whole = nn.Linear(3, 2);
        using var parts = nn.Linear(3, 2);
        parts.load_state_dict(whole.state_dict());
        using WeightUpdate atOnce = new([whole], new StepOptions(0.1, 0));
        using WeightUpdate inParts = new([parts], new StepOptions(0.1, 0) { Accumulation = 2 });
        var before = parts.weight!.clone();
        for (var step = 0; step < 3; step++)
        {
            var input = randn(4, 3);
            atOnce.Apply(whole.call(input).square().mean()).ShouldBeTrue();

            inParts.Apply(parts.call(input.narrow(0, 0, 2)).square().mean()).ShouldBeFalse();
            parts.weight!.allclose(before, rtol: 0, atol: 0).ShouldBeTrue("only half of the step's losses are there");
            inParts.Apply(parts.call(input.narrow(0, 2, 2)).square().mean()).ShouldBeTrue();

            parts.weight!.allclose(whole.weight!, rtol: 0, atol: 1e-5).ShouldBeTrue();
            before = parts.weight!.clone();
        }
    }

    [Fact]
    public void Update_NormsAndEmbeddings_DecayOnlyWhereTheyAreNotSpared()
    {
        using var scope = NewDisposeScope();
        using var linear = nn.Linear(2, 2);
        using var norm = nn.LayerNorm([2]);
        using var group = nn.GroupNorm(1, 2);
        using var table = nn.Embedding(3, 2);
        using var network = nn.Sequential(("linear", linear), ("norm", norm), ("group", group), ("table", table));
        nn.Module[] spared = [norm, group, table];

        Shrunk(spares: true).ShouldBe((true, false));
        Shrunk(spares: false).ShouldBe((true, true));
        StepOptions.Masks.SparesNorms.ShouldBeTrue();

        // Nothing but the decay moves a weight whose gradient is 0.
        (bool Linear, bool Spared) Shrunk(bool spares)
        {
            using WeightUpdate update = new([network], new StepOptions(0.1, 0.5) { SparesNorms = spares });
            var before = network.parameters().Select(parameter => parameter.detach().clone()).ToList();
            update.Apply(network.parameters().Select(parameter => (parameter * 0).sum()).Aggregate((left, right) => left + right)).ShouldBeTrue();
            var changed = network.parameters().Zip(before, (now, then) => (now.Handle, Changed: !now.allclose(then, rtol: 0, atol: 0))).Where(entry => entry.Changed)
                .Select(entry => entry.Handle).ToList();
            return (changed.Contains(linear.weight!.Handle), spared.SelectMany(module => module.parameters()).Any(parameter => changed.Contains(parameter.Handle)));
        }
    }

    [Theory]
    [InlineData(NumberFormat.Single)]
    [InlineData(NumberFormat.BFloat16)]
    public void Update_RunningMean_IsThatOfTheStepsAndGoesOnAfterALoad(NumberFormat format)
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Linear(2, 2);
        using var norm = nn.LayerNorm([2]);
        using var network = nn.Sequential(("0", layer), ("1", norm));
        var options = new StepOptions(0.1, 0.5) { AverageDecay = 0.5, SparesNorms = true };
        MasterWeights masters = new(network, format);
        var expected = Masters();
        using MemoryStream saved = new();
        using WeightUpdate first = new([masters], options);
        Steps(first, 0, 4);
        using (BinaryWriter writer = new(saved, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            first.Save(writer);
        }

        saved.Position = 0;
        using WeightUpdate second = new([masters], options);
        using BinaryReader reader = new(saved);
        second.Load(reader);
        Steps(second, 4, 10);

        second.UseMean();

        foreach (var (name, master) in masters.Named())
        {
            master.ShouldBeWithin(expected[name], 1e-6, name);
        }

        ((Tensor)layer.weight!).to(float32).ShouldBeWithin(expected["0.weight"], format == NumberFormat.Single ? 1e-6 : 0.02, "the network has them too");

        void Steps(WeightUpdate update, int from, int to)
        {
            for (var step = from; step < to; step++)
            {
                var hidden = layer.call(full([1, 2], step + 1, layer.weight!.dtype));
                update.Apply(norm.call(hidden).square().sum() + hidden.sum()).ShouldBeTrue();
                var decay = Math.Min(0.5, (1.0 + step) / (10.0 + step));
                var now = Masters();
                expected = expected.ToDictionary(entry => entry.Key, entry => (decay * entry.Value) + ((1 - decay) * now[entry.Key]));
            }
        }

        Dictionary<string, Tensor> Masters() => masters.Named().ToDictionary(entry => entry.Name, entry => entry.Master.detach().clone());
    }

    [Fact]
    public void Scale_ManyGoodSteps_Doubles()
    {
        LossScale scale = new(start: 2, growAfter: 3);
        for (var step = 0; step < 3; step++)
        {
            scale.Update(finite: true);
        }

        scale.Value.ShouldBe(4);
        Should.Throw<ArgumentOutOfRangeException>(() => new LossScale(3));
    }

    private static (Tensor Noisy, Tensor Image, Tensor Empty) Seen(FoundationNetwork network, NoiseSource random)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var (noisy, image, _) = network.FeatureInputs(random.Draw([2, 3, 128, 128]).sigmoid());
        return (noisy.MoveToOuterDisposeScope(), image.MoveToOuterDisposeScope(), network.EmptyStates().MoveToOuterDisposeScope());
    }

    private static MaskBatch Worded(NoiseSource random, Tensor worded)
    {
        var masks = zeros(1, 16, 16);
        masks.narrow(1, 0, 8).fill_(1);
        return new MaskBatch(
            [random.Draw([3, 16, 16, 16]), random.Draw([3, 32, 8, 8]), random.Draw([3, 32, 4, 4]), random.Draw([3, 32, 2, 2])],
            [.. Enumerable.Range(0, 3).Select(_ => new MaskTargets(tensor(new long[] { 1 }), masks))],
            random.Draw([2, 16]),
            random.Draw([3, 2, 16]),
            worded);
    }

    private static DiffusionBatch Batch(NoiseSource random) => new(
        random.Draw([4, 4, 8, 8]), random.Draw([4, 16]), random.Draw([4, 77, 32]), random.Draw([4, 32]), tensor(new float[] { 1, 1, 1, 0 }));
}
