using System.Buffers.Binary;
using IMDD.Learning.Networks;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Runs;
using IMDD.Testing;
using Tensorboard;

namespace IMDD.Learning.Training.Tests;

/// <summary>What TensorBoard will show of a run, read from its event files.</summary>
public sealed class RunLogTests
{
    private const int Steps = 40;

    [Fact]
    public async Task RunAsync_EventFiles_HoldScalarsAndPicturesAtTheirSteps()
    {
        using TestDirectory directory = new();
        EdgeTrainingOptions options = new()
        {
            Network = new EdgeNetworkOptions { Size = NetworkSize.Nano },
            Crops = new CropOptions { Side = 64 },
            Steps = Steps,
            BatchSize = 4,
            Validations = 2,
        };
        TrainingOutcome outcome;
        using (EdgeTrainer trainer = new(options, TrainingPictures.Data(train: 12, validation: 6), directory.Path))
        {
            (outcome, var model) = await trainer.RunAsync(null, TestContext.Current.CancellationToken);
            model.Dispose();
        }

        var values = Directory.EnumerateFiles(directory.File("tensorboard")).SelectMany(Read).Where(e => e.Summary is not null)
            .SelectMany(e => e.Summary.Value.Select(value => (value.Tag, e.Step, Value: value))).ToLookup(v => v.Tag);

        foreach (var tag in new[] { "loss", "loss_pixels", "loss_image", "loss_naming", "loss_words", "learning_rate", "gradient_norm" })
        {
            values[$"train/{tag}"].Select(v => v.Step).ShouldBe([0, 10, 20, 30], tag);
            values[$"train/{tag}"].ShouldAllBe(v => float.IsFinite(v.Value.SimpleValue), tag);
        }

        foreach (var tag in new[] { "score", "pixel_ap", "pixel_auroc", "iou", "image_auroc", "naming" })
        {
            values[$"validation/{tag}"].Select(v => v.Step).ShouldBe([20, 40], tag);
        }

        values["train/learning_rate"].ShouldAllBe(v => Math.Abs(v.Value.SimpleValue - LearningRate.At(v.Step, Steps, options.LearningRate)) < 1e-8);
        values["validation/score"].Single(v => v.Step == outcome.BestStep).Value.SimpleValue.ShouldBe((float)outcome.Validation!.Score!.Value, 1e-5f);
        values["validation/0"].Select(v => v.Step).ShouldBe([20, 40]);
        values["validation/0"].ShouldAllBe(v => v.Value.Image.Width == 3 * v.Value.Image.Height && v.Value.Image.EncodedImageString.Length > 100);
    }

    /// <summary>Records of length, its checksum, the event, its checksum.</summary>
    private static IEnumerable<Event> Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        for (var at = 0; at < bytes.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            yield return Event.Parser.ParseFrom(bytes, at + 12, length);
            at += 12 + length + 4;
        }
    }
}
