using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Networks.Losses;
using IMDD.Learning.Networks.Masks;
using IMDD.Learning.Networks.Training;
using IMDD.Learning.Weights.Configurations;
using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests;

/// <summary>
/// Whether what the network makes itself lies where the network does. libtorch's <c>meta</c> device shows it without an accelerator, but has no kernels here for
/// convolutions, norms and embeddings, and looks at devices in elementwise operations alone: the whole path is run where there is a CUDA device.
/// </summary>
public sealed class FoundationDeviceTests
{
    private static readonly FoundationConfiguration Tiny = FoundationConfiguration.Of("tiny");
    private static readonly Device Meta = device("meta");

    public static TheoryData<DeviceType> Devices => [DeviceType.CPU, DeviceType.CUDA];

    /// <summary>Without this a test on the <c>meta</c> device would show nothing.</summary>
    [Fact]
    public void Meta_TensorOfTheCpu_IsRefused()
    {
        using var scope = NewDisposeScope();

        Should.Throw<Exception>(() => rand(2, 2) + rand(2, 2).to(Meta)).Message.ShouldContain("at least two devices, meta and cpu");
    }

    [Fact]
    public void Noised_LatentElsewhere_TakesTheNoiseThere()
    {
        using var scope = NewDisposeScope();
        using FoundationNetwork network = new(Tiny, Placement.Meta);

        network.Noised(Draw(2, 4, 8, 8)).device_type.ShouldBe(DeviceType.META);
    }

    [Fact]
    public void AddNoise_LatentElsewhere_TakesItsSharesThere()
    {
        using var scope = NewDisposeScope();

        new NoiseSchedule(Tiny.Schedule).AddNoise(Draw(2, 4, 8, 8), Draw(2, 4, 8, 8), [3, 70]).device_type.ShouldBe(DeviceType.META);
    }

    [Fact]
    public void ClipView_ImageElsewhere_IsNormalisedThere()
    {
        using var scope = NewDisposeScope();

        ClipPreprocessing.ApplyWhole(Draw(1, 3, 64, 64), 32).device_type.ShouldBe(DeviceType.META);
        ClipPreprocessing.Apply(Draw(1, 3, 64, 48), 32).device_type.ShouldBe(DeviceType.META);
    }

    [Fact]
    public void Grounding_MasksAndWordsElsewhere_IsThere()
    {
        using var scope = NewDisposeScope();
        using FoundationNetwork network = new(Tiny, Placement.Meta);

        var similarity = GroundingLoss.Similarity(Draw(2, 5, 16), Draw(2, 3, 16), network.Vocabulary.Scale());

        GroundingLoss.Of(similarity, Draw(2)).device_type.ShouldBe(DeviceType.META);
    }

    /// <summary>A move puts new objects in the parameters' place: who kept the old ones would compute with what is gone.</summary>
    [Fact]
    public void To_AnotherElementType_WholePathComputesInItAndSaysTheSame()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        manual_seed(1);
        using FoundationNetwork network = new(Tiny);
        using NoiseSource random = new(2);
        var (images, texts) = (random.DrawUniform([2, 3, 64, 64]), random.Draw([3, 16]));
        var before = Named(images, texts);

        network.to(ScalarType.Float64);
        var after = Named(images.to(float64), texts.to(float64));

        after.dtype.ShouldBe(float64);
        after.allclose(before.to(float64), rtol: 1e-4, atol: 1e-4).ShouldBeTrue();

        Tensor Named(Tensor shown, Tensor named)
        {
            var pixels = network.Masks.Pixels(network.Features(shown, network.EmptyStates()).Maps);
            var embeddings = network.Vocabulary.Embed(network.Masks.Predict(pixels)[^1], pixels.Mask);
            var clip = network.Clip.Logits(network.Clip.EmbedMasks(ClipPreprocessing.ApplyWhole(shown, 32), zeros(2, 5, 16, 16, shown.dtype)), named);
            return cat([network.Vocabulary.Score(embeddings, network.Vocabulary.Rows(named)).flatten(), clip.flatten()]);
        }
    }

    /// <summary>Both stages and the whole inference path, as training runs them.</summary>
    [Theory]
    [MemberData(nameof(Devices))]
    public void To_Device_StagesLearnAndMasksAreNamedThere(DeviceType type)
    {
        Assert.SkipUnless(type == DeviceType.CPU || cuda_is_available(), "There is no CUDA device here.");
        using var scope = NewDisposeScope();
        manual_seed(1);
        using FoundationNetwork network = new(Tiny);
        network.to(type);
        using NoiseSource random = new(2);
        var place = network.Device;
        var images = random.DrawUniform([2, 3, 64, 64], place);
        var ids = tensor(new long[] { 1, 2, Tiny.Text.Vocabulary - 1, 1, 3, Tiny.Text.Vocabulary - 1 }, [2, 3]);
        using DiffusionStep diffusion = new(network);
        using MaskStep masks = new(network, new MaskCriterion(points: new MaskPointOptions(Count: 64)));
        FoundationFeatures features;
        using (no_grad())
        {
            features = network.Features(images, network.EmptyStates());
        }

        var whole = random.Draw([2, Tiny.Text.Context, Tiny.Text.Tower.Width], device: place);
        DiffusionBatch texts = new(
            network.Noised(network.Vae.EncodeMean(images)).detach(), features.Image, whole, random.Draw([2, Tiny.Text.Tower.Width], device: place), ones(2, device: place));
        var square = zeros([1, 16, 16], device: place);
        square.narrow(1, 0, 8).fill_(1);
        var names = network.Clip.EmbedText(ids).detach();
        MaskBatch found = new(
            features.Maps,
            [new MaskTargets(tensor(new long[] { 1 }, device: place), square), new MaskTargets(zeros([0], int64, place), zeros([0, 16, 16], device: place))],
            names,
            random.Draw([2, 3, 16], device: place));

        diffusion.Run(texts, random).Taken.ShouldBeTrue();
        masks.Run(found, random).Taken.ShouldBeTrue();
        using FoundationSegmenter segmenter = new(network);
        var bytes = randint(0, 256, [1, 64, 64, 3], ScalarType.Byte).to(place);
        segmenter.Forward(bytes, network.Vocabulary.Rows(names).detach()).Defect.device_type.ShouldBe(type);
        using MaskNaming naming = new(network, names, [0, 1], new ClipEnsemble(), [true, false]);
        segmenter.Forward(bytes, naming).ClassScore.device_type.ShouldBe(type);
    }

    private static Tensor Draw(params long[] shape) => rand(shape, device: Meta);
}
