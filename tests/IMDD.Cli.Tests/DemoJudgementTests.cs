using CsCheck;
using IMDD.Cli.Demo;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;
using IMDD.Testing;
using EventId = IMDD.Contracts.Identity.EventId;

namespace IMDD.Cli.Tests;

public sealed class DemoJudgementTests
{
    private const string Line = """{"camera":"cam1","assetPath":"acme/ulm/paint/line2/cell3","frameId":"b7-1"}""";

    [Fact]
    public void SentFrames_LineWrittenInTwoParts_CountsWhenItIsWhole()
    {
        using TestDirectory directory = new();
        var path = directory.File("delivered.jsonl");
        SentFrames sent = new(path);
        sent.Read();
        sent.Frames.Count.ShouldBe(0);

        File.WriteAllText(path, Line[..20]);
        sent.Read();
        sent.Frames.Count.ShouldBe(0);

        File.AppendAllText(path, Line[20..] + "\n" + Line + "\n");
        sent.Read();
        sent.Frames.Except(new FrameLedger()).ShouldBe(["acme/ulm/paint/line2/cell3/cam1 b7-1"]);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"camera":"cam1","frameId":"b7-1"}""")]
    [InlineData("""{"camera":"cam1","assetPath":"acme/ulm/paint/line2/cell3","frameId":"b7-01"}""")]
    [InlineData("""{"camera":"Cam 1","assetPath":"acme/ulm/paint/line2/cell3","frameId":"b7-1"}""")]
    public void SentFrames_LineIsNoFrame_SaysWhich(string line)
    {
        using TestDirectory directory = new();
        var path = directory.File("delivered.jsonl");
        File.WriteAllText(path, line + "\n");

        Should.Throw<CommandFailedException>(() => new SentFrames(path).Read()).Message.ShouldContain(line);
    }

    [Fact]
    public void FrameLedger_AnyOrder_HoldsWhatASetHolds()
        => Gen.Select(Gen.Int[1, 60].List[0, 120], Gen.Int[1, 60].List[0, 120]).Sample((sent, outcomes) =>
        {
            SequenceRanges left = new(), right = new();
            var isNew = sent.ConvertAll(n => left.Add(n));
            outcomes.ForEach(n => right.Add(n));

            isNew.ShouldBe(sent.Select((n, i) => !sent.Take(i).Contains(n)));
            left.Count.ShouldBe(sent.Distinct().Count());
            left.Except(right).ShouldBe(sent.Except(outcomes).Order().Select(n => (long)n));
            left.Ranges.ShouldBe(sent.Distinct().Count(n => !sent.Contains(n - 1)));
        });

    [Fact]
    public void FrameLedger_LongRunWithFramesOvertakingEachOther_StaysSmall()
    {
        FrameLedger ledger = new();
        var camera = CameraPath.Parse("acme/ulm/paint/line2/cell3/cam1");
        var most = 0;
        for (var block = 0; block < 20_000; block++)
        {
            foreach (var offset in (int[])[3, 1, 4, 2])
            {
                ledger.Add(camera, EventId.ForFrame("b7", (block * 4) + offset)).ShouldBeTrue();
                most = Math.Max(most, ledger.Ranges);
            }
        }

        ledger.Count.ShouldBe(80_000);
        ledger.Ranges.ShouldBe(1);
        most.ShouldBeLessThanOrEqualTo(3);
    }

    [Fact]
    public void OutcomeTally_TwiceForeignAndUnreadable_EachCountsAsItShould()
    {
        OutcomeTally tally = new();
        Add(tally, Outcome("b7-1", Verdict.Pass)).ShouldBeTrue();
        Add(tally, Outcome("b7-1", Verdict.Pass)).ShouldBeFalse();
        Add(tally, Outcome("b7-2", Verdict.Undecided, UndecidedReason.Overload)).ShouldBeTrue();
        Add(tally, Outcome("b7-3", Verdict.Fail) with { Value = "{"u8.ToArray() }).ShouldBeTrue();
        var other = Outcome("b7-4", Verdict.Fail);
        Add(tally, other with { Headers = [.. other.Headers.Select(h => h.Key == "ce_id" ? new(h.Key, "another") : h)] }).ShouldBeTrue();

        (tally.Frames.Count, tally.Unusable, tally.Of(Verdict.Pass), tally.Of(Verdict.Fail)).ShouldBe((2, 2, 1, 0));
        tally.Reasons.ShouldBe(new Dictionary<string, long>(StringComparer.Ordinal) { ["overload"] = 1 });
        tally.UnusableExamples.Count.ShouldBe(2);
    }

    [Fact]
    public void Latency_KnownValues_NearestRank()
    {
        DemoLatency.Of(Enumerable.Range(1, 100).Select(i => i / 1000.0)).ShouldBe(new DemoLatency(50, 95, 99));
        DemoLatency.Of([0.007]).ShouldBe(new DemoLatency(7, 7, 7));
        DemoLatency.Of([]).ShouldBeNull();
    }

    [Theory]
    [InlineData(500, 0, 500, true)]
    [InlineData(500, 1, 500, false)]
    [InlineData(500, 0, 499, false)]
    [InlineData(0, 0, 0, false)]
    public void Holds_OnlyWhenEveryFrameIsAccountedForAndCounted(long sent, long conservationError, long aggregated, bool expected)
    {
        DemoResult result = new()
        {
            Sent = sent,
            Passed = sent,
            Failed = 0,
            Undecided = new Dictionary<string, long>(StringComparer.Ordinal),
            Published = sent,
            Confirmed = sent,
            Aggregated = aggregated,
            ConservationError = conservationError,
            LatencyMs = null,
            FramesPerSecond = 1,
            Seed = 1,
        };

        result.Holds.ShouldBe(expected);
    }

    private static bool Add(OutcomeTally tally, KafkaConsumed record) => tally.Add(record, record.Value!.Value);

    private static KafkaConsumed Outcome(string frameId, Verdict verdict, string? reason = null)
    {
        var camera = CameraPath.Parse("acme/ulm/paint/line2/cell3/cam1");
        InspectionOutcome outcome = new()
        {
            FrameId = frameId,
            InspectionId = frameId,
            CameraId = camera.Camera,
            AssetPath = camera.Asset.ToString(),
            RecipeId = "r",
            RecipeDigest = ContentDigest.Of("r"u8),
            Verdict = verdict,
            Reason = reason,
            Timing = new InspectionTiming(),
        };
        EventContext context = new() { Source = EventSource.Agent(camera.Asset, "box1"), Time = DateTimeOffset.UnixEpoch, RecordedTime = DateTimeOffset.UnixEpoch };
        var cloudEvent = OutcomeEvent.Create(outcome, context);
        return new KafkaConsumed(KafkaTopics.Outcome, 0, 0, camera.ToString(), cloudEvent.Data, KafkaBinding.WriteHeaders(cloudEvent), DateTimeOffset.UnixEpoch);
    }
}
