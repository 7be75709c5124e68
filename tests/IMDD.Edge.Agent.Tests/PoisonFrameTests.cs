using System.Buffers.Binary;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Imaging;
using IMDD.Messaging.Mqtt;
using IMDD.Testing;

namespace IMDD.Edge.Agent.Tests;

public sealed class PoisonFrameTests
{
    private const int MaxFrameBytes = 1 << 20;

    [Fact]
    public async Task PoisonSet_AmongGoodFrames_EndsUndecidedWithReasonAndCopy()
    {
        await using var harness = await AgentHarness.StartAsync(("Edge:Agent:MaxFrameBytes", $"{MaxFrameBytes}"));
        var good = TestFrames.Good();
        Dictionary<string, string> expected = new(StringComparer.Ordinal)
        {
            [await harness.SendAsync(good[..(good.Length / 2)])] = UndecidedReason.Corrupt,
            [await harness.SendAsync([])] = UndecidedReason.Corrupt,
            [await harness.SendAsync("not an image at all"u8.ToArray())] = UndecidedReason.Corrupt,
            [await harness.SendAsync(good, contentType: "text/html")] = UndecidedReason.Unsupported,
            [await harness.SendAsync(HugeHeader(), contentType: "image/jpeg")] = UndecidedReason.TooLarge,
            [await harness.SendAsync(new byte[MaxFrameBytes + 1])] = UndecidedReason.TooLarge,
            [await harness.SendAsync(good, change: m => m with { Payload = TestFrames.Bad() })] = UndecidedReason.Corrupt,
            [await harness.SendAsync(good, change: m => With(m, CloudEventAttributes.SpecVersion, "0.3"))] = UndecidedReason.Malformed,
            [await harness.SendAsync(good, change: m => With(m, CloudEventAttributes.Time, "yesterday"))] = UndecidedReason.Malformed,
            [await harness.SendAsync(good, change: m => With(m, CloudEventAttributes.Type, "io.imdd.frame.captured.v999"))] = UndecidedReason.Malformed,
        };
        var passed = await harness.SendAsync(good);

        var outcomes = await harness.OutcomesAsync(expected.Count + 1);

        outcomes.Where(o => o.Verdict == Verdict.Undecided).ToDictionary(o => o.FrameId, o => o.Reason!).ShouldBe(expected, ignoreOrder: true);
        outcomes.Where(o => o.Verdict == Verdict.Undecided).ShouldAllBe(o => !string.IsNullOrEmpty(o.ReasonDetail));
        outcomes.Single(o => o.FrameId == passed).Verdict.ShouldBe(Verdict.Pass);
        await Eventually.HoldsAsync(() => harness.Receipts.Count == expected.Count + 1);

        var letters = new DirectoryInfo(harness.DeadLetters).GetFiles("*.json");
        letters.Length.ShouldBe(expected.Count);
        foreach (var copy in new DirectoryInfo(harness.DeadLetters).GetFiles($"*{UndecidedReason.TooLarge}.bin"))
        {
            copy.Length.ShouldBeLessThanOrEqualTo(64 << 10);
        }
    }

    [Fact]
    public async Task ForeignFrame_WithoutId_GetsDerivedIdOnce()
    {
        await using var harness = await AgentHarness.StartAsync();
        MqttOutgoing foreign = new() { Topic = MqttTopics.Frame(AgentHarness.Camera("cam9")), Payload = TestFrames.Good(), ContentType = "image/png" };
        await harness.SendRawAsync(foreign);

        var outcome = (await harness.OutcomesAsync(1)).Single();

        outcome.IdDerived.ShouldBeTrue();
        outcome.Verdict.ShouldBe(Verdict.Pass);
        outcome.WindowTime.ShouldBe(WindowTimeSource.RecordedTime);
    }

    [Fact]
    public async Task RetainedFrame_AtSubscription_IsMalformedAndCountedOnceAcrossRestarts()
    {
        await using var harness = await AgentHarness.StartBrokersAsync();
        MqttOutgoing retained = new()
        {
            Topic = MqttTopics.Frame(AgentHarness.Camera("cam9")),
            Payload = TestFrames.Good(),
            ContentType = "image/png",
            Retain = true,
        };
        await harness.Broker.PublishAsync(retained, TestContext.Current.CancellationToken);
        await harness.StartAgentAsync();
        await harness.OutcomesAsync(1);
        await harness.StopAgentAsync();
        await harness.StartAgentAsync(("Mqtt:CleanStart", "true"));
        var marker = await harness.SendAsync(TestFrames.Good());
        await Eventually.HoldsAsync(() => harness.Outcomes().Any(o => o.FrameId == marker));

        harness.Outcomes().Where(o => o.CameraId == "cam9").ShouldHaveSingleItem().Reason.ShouldBe(UndecidedReason.Malformed);
    }

    [Fact]
    public async Task DecoderThatThrowsAnything_CostsOnlyItsFrame()
    {
        await using var harness = await AgentHarness.StartBrokersAsync();
        harness.Decoder = new FaultyDecoder(bytes => bytes.Length == 3 ? throw new InvalidOperationException("boom") : false);
        await harness.StartAgentAsync();
        var bad = await harness.SendAsync([1, 2, 3]);
        await harness.SendAsync(TestFrames.Good());

        var outcomes = await harness.OutcomesAsync(2);

        outcomes.Single(o => o.FrameId == bad).Reason.ShouldBe(UndecidedReason.Corrupt);
    }

    [Fact]
    public async Task ModelThatFails_IsTriedOnceMoreThenUndecided()
    {
        await using var harness = await AgentHarness.StartBrokersAsync();
        var runs = 0;
        harness.Segmenter.BeforeRun = _ =>
        {
            if (Interlocked.Increment(ref runs) is 1 or 2 or 4)
            {
                throw new Inference.SegmenterException("out of memory");
            }
        };
        await harness.StartAgentAsync();
        await harness.SendAsync(TestFrames.Good());
        await harness.OutcomesAsync(1);
        await harness.SendAsync(TestFrames.Good());
        await harness.OutcomesAsync(2);
        await harness.SendAsync(TestFrames.Good());

        var outcomes = await harness.OutcomesAsync(3);

        // Failed twice; then went; then failed once and went.
        outcomes.Select(o => o.Reason).ShouldBe([UndecidedReason.ModelUnavailable, null, null]);
    }

    [Fact]
    public async Task EventThatCannotBeMade_EndsUndecidedAndHoldsNoOtherFrameUp()
    {
        await using var harness = await AgentHarness.StartBrokersAsync();
        harness.Segmenter.Digest = "not a digest";
        await harness.StartAgentAsync();
        var sent = new[] { await harness.SendAsync(TestFrames.Bad()), await harness.SendAsync([]), await harness.SendAsync(TestFrames.Good()) };

        var outcomes = await harness.OutcomesAsync(sent.Length);

        outcomes.Select(o => (o.FrameId, o.Reason)).ShouldBe(
            [(sent[0], UndecidedReason.Malformed), (sent[1], UndecidedReason.Corrupt), (sent[2], UndecidedReason.Malformed)]);
    }

    private static MqttOutgoing With(MqttOutgoing message, string name, string value)
        => message with { UserProperties = [.. message.UserProperties.Select(p => p.Key == name ? new(name, value) : p)] };

    /// <summary>A JPEG whose frame header says that it is 65,000 by 65,000.</summary>
    private static byte[] HugeHeader()
    {
        const int StartOfFrame = 0xFFC0;
        const ushort Side = 65_000;
        using RgbImage image = new(64, 64);
        image.Pixels.Clear();
        var jpeg = ImageEncoder.EncodeJpeg(image);
        var at = 2;
        while (BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at)) != StartOfFrame)
        {
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 2));
        }

        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(at + 5), Side);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(at + 7), Side);
        return jpeg;
    }
}
