using IMDD.Cli.Demo;
using IMDD.Contracts.Identity;
using IMDD.Testing;

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
        sent.Count.ShouldBe(0);

        File.WriteAllText(path, Line[..20]);
        sent.Read();
        sent.Count.ShouldBe(0);

        File.AppendAllText(path, Line[20..] + "\n" + Line + "\n");
        sent.Read();
        sent.OutcomeIds.ShouldBe([EventId.ForOutcome(CameraPath.Parse("acme/ulm/paint/line2/cell3/cam1"), "b7-1")]);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"camera":"cam1","frameId":"b7-1"}""")]
    [InlineData("""{"camera":"Cam 1","assetPath":"acme/ulm/paint/line2/cell3","frameId":"b7-1"}""")]
    public void SentFrames_LineIsNoFrame_SaysWhich(string line)
    {
        using TestDirectory directory = new();
        var path = directory.File("delivered.jsonl");
        File.WriteAllText(path, line + "\n");

        Should.Throw<CommandFailedException>(() => new SentFrames(path).Read()).Message.ShouldContain(line);
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
}
