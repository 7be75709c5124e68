using IMDD.Learning.Networks;
using IMDD.Learning.Training.Losses;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Runs;
using IMDD.Testing;
using TorchSharp;

namespace IMDD.Learning.Training.Tests;

/// <summary>A network that learns something new is held to what it said before, where that was right.</summary>
public sealed class MemoryTests
{
    private const int Side = 64;
    private const int New = 1;
    private const int Known = 2;

    private static readonly TrainedClass Block = new("block", "block", [], "minor");
    private static readonly TrainedClass Line = new("line", "line", [], "minor");

    [Fact]
    public void Of_SameNetwork_DoesNotPullAnywhere()
    {
        using var scope = torch.NewDisposeScope();
        using var before = Model();
        using Memory memory = new(before, [Block, Line]);
        var (batch, images) = Pictures(before, Known);

        memory.Of(images, null, before.Network.forward(images, null), batch).backward();

        before.Network.parameters().Where(p => p.grad is not null).Select(p => p.grad!.abs().max().item<float>()).ShouldAllBe(largest => largest < 1e-5f);
    }

    [Theory]
    [InlineData(Known, true)]
    [InlineData(New, false)]
    public void Of_DefectsSeenOtherwise_CountsThoseThatHadAName(int number, bool counts)
    {
        using var scope = torch.NewDisposeScope();
        using var before = Model();
        using Memory memory = new(before, [Block, Line]);
        var (batch, images) = Pictures(before, number);
        var same = before.Network.forward(images, null);
        var defective = torch.tensor(batch.Targets, same.Defect.shape).gt(0.5);

        var held = memory.Of(images, null, same, batch).item<float>();
        var turned = memory.Of(images, null, same with { Defect = same.Defect.where(defective.logical_not(), -same.Defect), Embedding = -same.Embedding }, batch).item<float>();

        (turned > held + 0.1f).ShouldBe(counts, $"{held} and {turned}");
    }

    [Fact]
    public void Of_WhereItWasWrong_IsFree()
    {
        using var scope = torch.NewDisposeScope();
        using var before = Model();
        using Memory memory = new(before, [Block, Line]);
        var (batch, images) = Pictures(before, Known);
        var same = before.Network.forward(images, null);
        var wrong = batch with { Targets = Array.ConvertAll(batch.Targets, t => 1 - t), Classes = Array.ConvertAll(batch.Targets, t => t > 0 ? TrainingPicture.NoClass : (byte)Known) };

        memory.Of(images, null, same with { Defect = -same.Defect }, wrong).item<float>().ShouldBe(0, 1e-6f);
    }

    /// <summary>Of a picture that is labelled as a whole nobody said where its defect is: that the model saw none is not known to be right.</summary>
    [Fact]
    public void Of_DefectsThatAreNotMarked_AreFree()
    {
        using var scope = torch.NewDisposeScope();
        using var before = Model();
        using Memory memory = new(before, [Block, Line]);
        var (batch, images) = Pictures(before, Known);
        var same = before.Network.forward(images, null);
        Batch normal = batch with { Targets = new float[batch.Targets.Length], Classes = new byte[batch.Classes.Length] };

        memory.Of(images, null, same with { Defect = -same.Defect }, normal with { HasPixelTruth = [false, false] }).item<float>().ShouldBe(0, 1e-6f);
        memory.Of(images, null, same with { Defect = -same.Defect }, normal).item<float>().ShouldBeGreaterThan(0.1f);
    }

    /// <summary>A name that was corrected is not held to what it was.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_DefectSeenOtherwise_CountsWhereItWasNamedRight(bool right)
    {
        using var scope = torch.NewDisposeScope();
        using var before = Model(Line, Block);
        using Memory memory = new(before, [Block, Line]);
        var (batch, images) = Pictures(before, Known);
        var same = before.Network.forward(images, null);
        var says = before.Network.Naming.forward(same.Embedding.permute(0, 2, 3, 1).flatten(0, 2), before.Rows()).argmax(1).data<long>().ToArray();

        // The model's first row is the second class of the batch.
        var classes = batch.Targets.Zip(says, (t, row) => t > 0 ? (byte)(row == 0 == right ? 2 : 1) : TrainingPicture.NoClass).ToArray();

        memory.Of(images, null, same with { Embedding = -same.Embedding }, batch with { Classes = classes }).item<float>()
            .ShouldBe(memory.Of(images, null, same, batch with { Classes = classes }).item<float>() + (right ? 2 : 0), 1e-4f, "twice the cosine");
    }

    [Fact]
    public async Task RunAsync_FromAModel_LearnsOnAndLeavesNoTensorBehind()
    {
        using TestDirectory directory = new();
        using var start = Model();
        EdgeTrainingOptions options = new()
        {
            Network = new EdgeNetworkOptions { Size = NetworkSize.Nano },
            Crops = new CropOptions { Side = Side },
            Losses = new EdgeLossWeights { Memory = 1 },
            KeepsAlarms = true,
            Steps = 50,
            BatchSize = 4,
            Validations = 1,
        };
        TensorCounts counts = new();
        using EdgeTrainer trainer = new(options, TrainingPictures.Data(12, 66), directory.Path, start);

        var (outcome, model) = await trainer.RunAsync(counts, TestContext.Current.CancellationToken);
        model.Dispose();

        outcome.Step.ShouldBe(options.Steps!.Value);
        counts.ShouldNotGrow();
    }

    [Fact]
    public async Task RunAsync_EndedAgainWithAShareOfTheStart_LiesBetween()
    {
        using TestDirectory directory = new();
        using var start = Model();
        EdgeTrainingOptions options = new()
        {
            Network = new EdgeNetworkOptions { Size = NetworkSize.Nano },
            Crops = new CropOptions { Side = Side },
            Steps = 4,
            BatchSize = 4,
        };
        async Task<EdgeModel> End(double share)
        {
            using EdgeTrainer trainer = new(options with { StartShare = share }, TrainingPictures.Data(12, 3), directory.Path, start);
            return (await trainer.RunAsync(null, TestContext.Current.CancellationToken)).Model;
        }

        using var end = await End(0);
        using var between = await End(0.25);

        foreach (var (before, now, mixed) in start.Tensors().Zip(end.Tensors(), between.Tensors()))
        {
            for (var i = 0; i < mixed.Values.Length; i++)
            {
                mixed.Values.Span[i].ShouldBe(0.25f * before.Values.Span[i] + 0.75f * now.Values.Span[i], 1e-5f, mixed.Name);
            }
        }
    }

    [Fact]
    public void Validate_NegativeWeight_IsNamed() => Should.Throw<ArgumentException>(() => new EdgeTrainingOptions { Losses = new EdgeLossWeights { Memory = -1 } }.Validate())
        .Message.ShouldContain("Losses.Memory is -1");

    private static EdgeModel Model(params TrainedClass[] classes)
    {
        torch.manual_seed(3);
        EdgeModel model = new(new EdgeModelDescription(new EdgeNetworkOptions { Size = NetworkSize.Nano }, classes.Length > 0 ? classes : [Line], EdgeCalibration.None, new EdgeModelLineage([], [], 1, 0, null)));
        model.Network.eval();
        using var noGradient = torch.no_grad();

        // From a level at which some cells of noise are defective and some are not.
        model.Network.DefectHead.bias!.sub_(model.Network.forward(torch.rand(2, 3, Side, Side), null).Defect.mean());
        return model;
    }

    /// <summary>Noise, with the truth that a model says of it; what is defective is of one class.</summary>
    private static (Batch Batch, torch.Tensor Images) Pictures(EdgeModel model, int number)
    {
        var images = torch.rand(2, 3, Side, Side);
        var said = model.Network.forward(images, null).Defect;
        var logits = said.data<float>().ToArray();
        var truth = Array.ConvertAll(logits, l => l > 0 ? 1f : 0f);
        truth.Sum().ShouldBeInRange(1, truth.Length - 1, "some cells are defective, some are not");
        return (
            new Batch(2, Side, (int)said.shape[2], images.data<float>().ToArray(), null, truth, Array.ConvertAll(truth, t => t > 0 ? (byte)number : TrainingPicture.NoClass), [true, true], [TrainingPicture.NoClass, TrainingPicture.NoClass]),
            images);
    }
}
