using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Imaging;
using IMDD.Messaging.Kafka;

namespace IMDD.Cloud.Trainer.Tests;

/// <summary>Consensus records as the curator publishes them, of noisy pictures of 96 pixels square; picture <c>n</c> has noise of its own.</summary>
internal static class Labels
{
    public const int Side = 96;
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly CameraPath Camera = CameraPath.Parse("acme/ulm/paint/line2/cell3/cam1");

    public static byte[] Picture(int number)
    {
        using RgbImage image = new(Side, Side);
        new Random(number).NextBytes(image.Pixels);
        return ImageEncoder.EncodePng(image);
    }

    public static KafkaConsumed Agreed(int number, string? defect = "dent", long revision = 1, string rater = "anna") => Record(number, revision, ConsensusState.Agreed, defect, rater);

    public static KafkaConsumed Withdrawn(int number, long revision) => Record(number, revision, ConsensusState.Withdrawn, null);

    public static KafkaConsumed Malformed(int number)
    {
        var good = Agreed(number);
        return good with { Value = "{\"revision\":0}"u8.ToArray() };
    }

    /// <summary>An alarm of the line, as the aggregator publishes it.</summary>
    public static KafkaConsumed Drift(string name, string state, DateTimeOffset since)
    {
        var made = AlarmEvent.Create(
            new LineAlarm { Line = "acme/ulm/paint/line2", Alarm = name, State = state, Severity = Severity.Major, Message = "It looks otherwise.", Since = since },
            new EventContext { Source = EventSource.Agent(Camera.Asset, "box7"), Time = since, RecordedTime = since });
        return new KafkaConsumed(KafkaTopics.Alarm, 0, since.Ticks, made.Extension(CloudEventAttributes.PartitionKey), made.Data, KafkaBinding.WriteHeaders(made), since);
    }

    private static KafkaConsumed Record(int number, long revision, string state, string? defect, string rater = "anna")
    {
        var bytes = Picture(number);
        var made = ExampleConsensusEvent.Create(
            new ExampleConsensus
            {
                Frame = new FrameReference
                {
                    Digest = ContentDigest.Of(bytes),
                    SizeBytes = bytes.Length,
                    Width = Side,
                    Height = Side,
                    ContentType = "image/png",
                    Uri = "imdd-blob:" + ContentDigest.Of(bytes),
                },
                Revision = revision,
                CameraId = Camera.Camera,
                AssetPath = Camera.Asset.ToString(),
                State = state,
                Verdict = state != ConsensusState.Agreed ? Verdict.Undecided : defect is null ? Verdict.Pass : Verdict.Fail,
                Regions = defect is null ? [] : [new LabelledRegion { Class = defect, BboxPx = [10, 12, 20, 16], ContourPx = [10, 12, 29, 12, 29, 27, 10, 27] }],
                Labels = [new LabelReference(rater, revision)],
            },
            new EventContext { Source = EventSource.Agent(Camera.Asset, "box7"), Time = Noon, RecordedTime = Noon });
        return new KafkaConsumed(KafkaTopics.Consensus, 0, number, made.Extension(CloudEventAttributes.PartitionKey), made.Data, KafkaBinding.WriteHeaders(made), Noon);
    }
}
