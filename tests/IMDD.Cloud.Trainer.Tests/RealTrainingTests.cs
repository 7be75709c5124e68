using System.Diagnostics;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Contracts.Training;
using IMDD.Imaging.Masks;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Readers;
using IMDD.Messaging.Kafka;

namespace IMDD.Cloud.Trainer.Tests;

/// <summary>The loop with real weights: libtorch in a child, ONNX Runtime in the gate and in the registry. A network of few steps, so that it learns nothing much.</summary>
public sealed class RealTrainingTests
{
    private const string Old = "synthetic:seed=41,count=24,size=96,textures=cast,kinds=scratch+dent";
    private const string Frozen = "synthetic:seed=1041,count=12,size=96,textures=cast,kinds=scratch+dent";
    private const string New = "synthetic:seed=2041,count=24,size=96,textures=cast,kinds=crack,defective=1";
    private static readonly CameraPath Camera = CameraPath.Parse("acme/ulm/paint/line2/cell3/cam1");
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "IMDD.Learning.Trainer.dll");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Labels_OfANewClass_BecomeARelease()
    {
        await using var plant = await Plant.StartAsync(runProbes: true);
        var first = plant.Directory.File("first");
        await TrainAsync("train", "edge", "--data", Old, "--size", "nano", "--crop", "64", "--batch", "4", "--steps", "8", "--out", first);
        var champion = await plant.CrownAsync(first);

        // Hardly trained, it may do anything: what is tested is that it goes its way, and the limits say so.
        var trainer = await plant.StartTrainerAsync(
            Program,
            ("Trainer:NewClassLabels", "10"), ("Trainer:Training:Replay:0", Old), ("Trainer:Training:Steps", "6"), ("Trainer:Training:Crop", "64"),
            ("Trainer:Training:Batch", "4"), ("Trainer:Gate:Data:0", Frozen), ("Trainer:Gate:Split", "all"), ("Trainer:LeaseTime", "00:00:20"),
            ("Trainer:Gate:Limits", "aupro=1,recall=1,false-alarms=1,class=1"));
        await PublishAsync(plant);

        List<TrainingRunView> runs = [];
        await Testing.Eventually.HoldsAsync(async () => (runs = await trainer.RunsAsync()).Count > 0);
        var run = await trainer.EndsAsync(runs.Single().RunId, TrainingState.Registered);

        run.Reasons.ShouldBe([TrainingReason.NewClass]);
        run.NewClasses.ShouldHaveSingleItem().Class.ShouldBe("crack");
        run.Gates.ShouldContain(g => g.Name == "recall@labelled" || g.Name == "recall@synthetic");
        var release = (await plant.ModelAsync()).Versions.Single(v => v.Model.Digest == run.Release);
        release.TrainedFrom!.Parent.ShouldBe(champion);
        release.TrainedFrom.DatasetDigest.ShouldBe(run.SnapshotId);

        // What the gate looks at is refused as replay: the child finds it by its bytes.
        var guarded = await TryTrainAsync(
            "train", "edge", "--data", "synthetic:seed=1041,count=12,size=96,textures=cast,kinds=scratch+dent", "--size", "nano", "--steps", "2",
            "--exclude", Path.Combine(plant.Work, "runs", run.RunId, "snapshot", "gate-pictures.txt"), "--out", plant.Directory.File("guarded"));
        guarded.ExitCode.ShouldBe(1);
        guarded.Error.ShouldContain("belongs to a gate set");
    }

    /// <summary>Frames of a kind that the champion has not seen, half of them painted, half outlined by a box's corners.</summary>
    private static async Task PublishAsync(Plant plant)
    {
        List<KafkaConsumed> records = [];
        foreach (var (sample, number) in DatasetReaders.Read(New).Samples.Where(sample => sample.Mask is not null).Select((sample, number) => (sample, number)))
        {
            var bytes = File.ReadAllBytes(sample.ImagePath);
            var stored = await plant.Blobs.PutAsync(bytes, "image/png", Stop);
            var (width, height, mask) = MaskReader.Read(sample.Mask!);
            var rle = CocoRle.Encode(Array.ConvertAll(mask, m => m ? (byte)1 : (byte)0), width, height);
            var moved = await plant.Blobs.PutAsync(ImddJson.Serialize(rle), "application/json", Stop);
            var box = CocoRle.BoundingBox(rle);
            var (left, top, right, bottom) = (box[0], box[1], box[0] + box[2] - 1, box[1] + box[3] - 1);
            LabelledRegion region = new() { Class = "crack", BboxPx = box };
            var made = ExampleConsensusEvent.Create(
                new ExampleConsensus
                {
                    Frame = new FrameReference { Digest = stored.Digest, SizeBytes = bytes.Length, Width = width, Height = height, ContentType = "image/png", Uri = stored.Uri.ToString() },
                    Revision = 1,
                    CameraId = Camera.Camera,
                    AssetPath = Camera.Asset.ToString(),
                    State = ConsensusState.Agreed,
                    Verdict = Verdict.Fail,
                    Regions =
                    [
                        (number % 3) switch
                        {
                            0 => region with { MaskRle = rle },
                            1 => region with { MaskUri = moved.Uri.ToString() },
                            _ => region with { ContourPx = [left, top, right, top, right, bottom, left, bottom] },
                        },
                    ],
                    Labels = [new LabelReference("anna", 1)],
                },
                new EventContext { Source = EventSource.Agent(Camera.Asset, "box7"), Time = Labels.Noon, RecordedTime = Labels.Noon });
            records.Add(new KafkaConsumed(
                KafkaTopics.Consensus, 0, number, made.Extension(CloudEventAttributes.PartitionKey), made.Data, KafkaBinding.WriteHeaders(made), Labels.Noon));
        }

        await plant.PublishAsync([.. records]);
    }

    private static async Task TrainAsync(params string[] arguments)
    {
        var (exitCode, error) = await TryTrainAsync(arguments);
        exitCode.ShouldBe(0, error);
    }

    private static async Task<(int ExitCode, string Error)> TryTrainAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Program, .. arguments]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync(Stop);
        var error = await process.StandardError.ReadToEndAsync(Stop);
        await output;
        await process.WaitForExitAsync(Stop);
        return (process.ExitCode, error);
    }
}
