using System.Text;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Review;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;
using EventId = IMDD.Contracts.Identity.EventId;

namespace IMDD.Cloud.Curator.Tests;

/// <summary>Records as agents publish them, of frames of 64 × 48 pixels, frame <c>n</c> taken <c>n</c> seconds after noon.</summary>
internal static class Examples
{
    public const int Width = 64;
    public const int Height = 48;
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    public static readonly CameraPath Camera = CameraPath.Parse("acme/ulm/paint/line2/cell3/cam1");
    private static readonly ModelReference Model = new("contrast", "1.0.0", ContentDigest.Of("model"u8));

    public static string FrameId(int number) => EventId.ForFrame("b1", number);

    public static string OutcomeId(int number) => EventId.ForOutcome(Camera, FrameId(number));

    public static string Digest(int number) => ContentDigest.Of(BitConverter.GetBytes(number));

    public static KafkaConsumed Defect(int number, bool stored = true, int? picture = null, bool simulated = false, MaskRle? mask = null) => Record(
        KafkaTopics.DefectDetected,
        DefectEvent.Create(
            new DefectDetected
            {
                FrameId = FrameId(number),
                OutcomeId = OutcomeId(number),
                InspectionId = FrameId(number),
                CameraId = Camera.Camera,
                AssetPath = Camera.Asset.ToString(),
                RecipeId = "door@1",
                RecipeDigest = ContentDigest.Of("recipe"u8),
                Verdict = Verdict.Fail,
                Simulated = simulated,
                Model = Model,
                Regions = [Region("scratch", 10, 12, 30, 6) with { MaskRle = mask }],
                Timing = new InspectionTiming(),
                Frame = Frame(picture ?? number, stored),
            },
            Context(number)),
        number);

    public static KafkaConsumed Hard(int number, double? uncertainty, Verdict verdict = Verdict.Pass, string reason = HardReason.Uncertain, double[]? embedding = null, double? novelty = null, string model = "model", CameraPath? camera = null, string defect = "scratch") => Record(
        KafkaTopics.HardExample,
        HardExampleEvent.Create(
            new HardExample
            {
                FrameId = FrameId(number),
                OutcomeId = EventId.ForOutcome(camera ?? Camera, FrameId(number)),
                CameraId = (camera ?? Camera).Camera,
                AssetPath = (camera ?? Camera).Asset.ToString(),
                Reasons = [reason],
                Scores = Scores(reason, uncertainty, novelty),
                Embedding = embedding,
                Frame = Frame(number, stored: true),
                Verdict = verdict,
                Regions = verdict == Verdict.Fail ? [Region(defect, 10, 12, 30, 6)] : [],
                Model = Model with { Digest = ContentDigest.Of(Encoding.UTF8.GetBytes(model)) },
            },
            Context(number)),
        number);

    /// <summary>A frame that names another frame's outcome as its own.</summary>
    public static KafkaConsumed OfAnotherOutcome(int number)
    {
        var record = Hard(number, 0.5);
        return record with { Value = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(record.Value!.Value.Span).Replace(OutcomeId(number), OutcomeId(number + 1), StringComparison.Ordinal)) };
    }

    public static KafkaConsumed Stored(int number) => Record(
        KafkaTopics.FrameStored,
        FrameStoredEvent.Create(
            Camera,
            new FrameStored { FrameId = FrameId(number), OutcomeId = OutcomeId(number), Frame = Frame(number, stored: true), Masks = [new StoredMask(0, "imdd-blob:mask")] },
            Context(number)),
        number);

    public static DrawnRegion Polygon(string name, params int[] contour) => new() { Class = name, ContourPx = contour };

    /// <summary>A square of 10 pixels.</summary>
    public static DrawnRegion Square(string name, int x, int y) => Polygon(name, x, y, x + 9, y, x + 9, y + 9, x, y + 9);

    private static DefectRegion Region(string name, int x, int y, int width, int height)
        => new() { Class = name, Severity = Severity.Major, Score = 0.9, BboxPx = [x, y, width, height], AreaPx = width * height };

    private static Dictionary<string, double> Scores(string reason, double? score, double? novelty)
    {
        Dictionary<string, double> scores = new(StringComparer.Ordinal);
        if (score is { } said)
        {
            scores[reason] = said;
        }

        if (novelty is { } share)
        {
            scores[HardReason.Novel] = share;
        }

        return scores;
    }

    private static FrameReference Frame(int number, bool stored) => new()
    {
        Digest = Digest(number),
        Width = Width,
        Height = Height,
        ContentType = "image/png",
        Uri = stored ? "imdd-blob:" + Digest(number) : null,
    };

    private static EventContext Context(int number)
        => new() { Source = EventSource.Agent(Camera.Asset, "box7"), Time = Noon.AddSeconds(number), RecordedTime = Noon.AddSeconds(number) };

    private static KafkaConsumed Record(string topic, CloudEvent cloudEvent, long offset)
        => new(topic, 0, offset, cloudEvent.Extension(CloudEventAttributes.PartitionKey), cloudEvent.Data, KafkaBinding.WriteHeaders(cloudEvent), Noon);
}
