using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Messaging.Kafka;
using IMDD.Testing;

namespace IMDD.Edge.Agent.Tests;

public sealed class KafkaOutboxPublisherTests
{
    [Fact]
    public async Task Run_ManyCameras_ConfirmsAllInOrderAndMovesTheCursors()
    {
        await using PublisherFixture fixture = new();
        fixture.Start();
        for (var i = 0; i < 300; i++)
        {
            await fixture.AppendAsync(TestDrafts.Outcome($"f{i}", camera: $"cam{i % 3}"));
        }

        await Eventually.HoldsAsync(() => fixture.Store.Writer.Backlog == 0);

        fixture.Kafka.Persisted.Count.ShouldBe(300);
        ShouldBeInOrder(fixture.Kafka.Persisted);
        fixture.Store.Reader.OldestUnconfirmed().ShouldBeNull();
    }

    [Fact]
    public async Task Run_HardExamplesCameFirst_OutcomesGoFirst()
    {
        const int Each = 5;
        await using PublisherFixture fixture = new();
        for (var i = 0; i < Each; i++)
        {
            fixture.Store.Writer.Enqueue(new AppendExample(TestDrafts.Example($"x{i}"), day: 1, usedToday: i, CrashPoints.None));
            fixture.Store.Writer.Enqueue(new FinishExample(TestDrafts.Example($"x{i}").OutcomeId, TestDrafts.ExampleRecord($"x{i}"), CrashPoints.None));
        }

        for (var i = 0; i < Each; i++)
        {
            await fixture.AppendAsync(TestDrafts.Outcome($"f{i}", camera: "cam2"));
        }

        fixture.Start();
        await Eventually.HoldsAsync(() => fixture.Store.Writer.Backlog == 0);

        fixture.Kafka.Persisted.Select(r => r.Topic).ShouldBe(
            [.. Enumerable.Repeat(KafkaTopics.Outcome, Each), .. Enumerable.Repeat(KafkaTopics.HardExample, Each)]);
    }

    [Fact]
    public async Task Run_StatisticsCameFirst_OutcomesGoFirst()
    {
        await using PublisherFixture fixture = new();
        fixture.Store.Writer.Enqueue(new AppendStatistics("acme/ulm/paint/line2/cell3/cam1", "s1", DateTimeOffset.UnixEpoch, TestDrafts.ExampleRecord("x")));
        await fixture.AppendAsync(TestDrafts.Outcome("f1", camera: "cam2"));

        fixture.Start();
        await Eventually.HoldsAsync(() => fixture.Store.Writer.Backlog == 0);

        fixture.Kafka.Persisted.Select(r => r.Topic).ShouldBe([KafkaTopics.Outcome, KafkaTopics.CameraStatistics]);
    }

    [Fact]
    public async Task Run_ClientFull_HardExamplesWaitForOutcomes()
    {
        await using PublisherFixture fixture = new();
        fixture.Kafka.Answer = _ => null;
        fixture.Kafka.Capacity = 2;
        fixture.Store.Writer.Enqueue(new AppendExample(TestDrafts.Example("x"), day: 1, usedToday: 1, CrashPoints.None));
        fixture.Store.Writer.Enqueue(new FinishExample(TestDrafts.Example("x").OutcomeId, TestDrafts.ExampleRecord("x"), CrashPoints.None));
        for (var i = 0; i < 4; i++)
        {
            await fixture.AppendAsync(TestDrafts.Outcome($"f{i}"));
        }

        fixture.Start();
        for (var pair = 0; pair < 2; pair++)
        {
            await Eventually.HoldsAsync(() => fixture.Kafka.Pending == 2);
            fixture.Kafka.ReportPending(_ => PublishResult.Persisted, reversed: false);
        }

        fixture.Kafka.Persisted.ShouldAllBe(r => r.Topic == KafkaTopics.Outcome);
        await Eventually.HoldsAsync(() => fixture.Kafka.Pending == 1);
        fixture.Kafka.ReportPending(_ => PublishResult.Persisted, reversed: false);
        await Eventually.HoldsAsync(() => fixture.Store.Writer.Backlog == 0);
        fixture.Kafka.Persisted[^1].Topic.ShouldBe(KafkaTopics.HardExample);
    }

    [Fact]
    public async Task Run_ReportsOutOfOrder_CursorStaysBehindTheGap()
    {
        await using PublisherFixture fixture = new();
        fixture.Kafka.Answer = _ => null;
        fixture.Start();
        for (var i = 0; i < 10; i++)
        {
            await fixture.AppendAsync(TestDrafts.Outcome($"f{i}"));
        }

        await Eventually.HoldsAsync(() => fixture.Kafka.Pending == 10);
        fixture.Kafka.ReportPending(_ => PublishResult.Persisted, reversed: true);

        await Eventually.HoldsAsync(() => fixture.Store.Writer.Backlog == 0);
        fixture.Store.Reader.Lanes().Single().Confirmed.ShouldBe(10);
    }

    [Fact]
    public async Task Run_RetriableErrorsAtRandom_ResendsUntilAllAreThereOnceEach()
    {
        Random random = new(7);
        await using PublisherFixture fixture = new();
        fixture.Kafka.Answer = _ => random.Next(10) == 0 ? PublishResult.Retriable : PublishResult.Persisted;
        fixture.Start();
        for (var i = 0; i < 100; i++)
        {
            await fixture.AppendAsync(TestDrafts.Outcome($"f{i}", camera: $"cam{i % 4}"));
        }

        await Eventually.HoldsAsync(() => fixture.Store.Writer.Backlog == 0);

        fixture.Kafka.Persisted.Select(IdOf).Distinct().Count().ShouldBe(100);
        fixture.Kafka.Persisted.Count.ShouldBe(100, "what was confirmed behind a failed record is not sent again");
    }

    [Fact]
    public async Task Run_WholeWindowTimesOut_IsSentAgainInOrder()
    {
        await using PublisherFixture fixture = new();
        fixture.Kafka.Answer = _ => null;
        fixture.Start();
        for (var i = 0; i < 20; i++)
        {
            await fixture.AppendAsync(TestDrafts.Outcome($"f{i}"));
        }

        await Eventually.HoldsAsync(() => fixture.Kafka.Pending == 20);
        fixture.Kafka.Answer = _ => PublishResult.Persisted;
        fixture.Kafka.ReportPending(_ => PublishResult.Retriable);

        await Eventually.HoldsAsync(() => fixture.Store.Writer.Backlog == 0);
        ShouldBeInOrder(fixture.Kafka.Persisted);
    }

    [Fact]
    public async Task Run_PermanentError_DeadLettersThatRecordAndGoesOn()
    {
        await using PublisherFixture fixture = new();
        var bad = TestDrafts.Outcome("f5").OutcomeId;
        fixture.Kafka.Answer = r => r.Topic == KafkaTopics.Outcome && IdOf(r) == bad ? PublishResult.Permanent : PublishResult.Persisted;
        fixture.Start();
        for (var i = 0; i < 10; i++)
        {
            await fixture.AppendAsync(TestDrafts.Outcome($"f{i}"));
        }

        await Eventually.HoldsAsync(() => fixture.Store.Writer.Backlog == 0);

        fixture.Kafka.Persisted.Count(r => r.Topic == KafkaTopics.Outcome).ShouldBe(9);
        var letter = fixture.Kafka.Persisted.Single(r => r.Topic == KafkaTopics.DeadLetter(KafkaTopics.Outcome));
        IdOf(letter).ShouldBe(bad);
        letter.Headers.ShouldContain(h => h.Key == KafkaDeadLetter.ErrorType && h.Value == "MsgSizeTooLarge");
    }

    [Fact]
    public async Task Run_DeadLetterTopicRefusesToo_KeepsItInTheFolder()
    {
        await using PublisherFixture fixture = new();
        fixture.Kafka.Answer = _ => PublishResult.Permanent;
        fixture.Start();
        await fixture.AppendAsync(TestDrafts.Outcome("f0"));

        await Eventually.HoldsAsync(() => fixture.Store.Writer.Backlog == 0);

        Directory.GetFiles(fixture.DeadLetters, "*.json").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Run_ClientQueueFull_WaitsAndLosesNothing()
    {
        await using PublisherFixture fixture = new();
        fixture.Kafka.Capacity = 3;
        fixture.Kafka.Answer = _ => null;
        fixture.Start();
        for (var i = 0; i < 20; i++)
        {
            await fixture.AppendAsync(TestDrafts.Outcome($"f{i}"));
        }

        await Eventually.HoldsAsync(() =>
        {
            fixture.Kafka.ReportPending(_ => PublishResult.Persisted);
            return fixture.Store.Writer.Backlog == 0;
        });
        ShouldBeInOrder(fixture.Kafka.Persisted);
    }

    [Fact]
    public async Task Run_DefectWaitingForItsBlob_HoldsBackNoOutcomeAndGetsTheAddress()
    {
        await using PublisherFixture fixture = new();
        fixture.Start();
        var waiting = TestDrafts.Fail("f0", withEvidence: true);
        await fixture.AppendAsync(waiting);
        await fixture.AppendAsync(TestDrafts.Outcome("f1"));
        await Eventually.HoldsAsync(() => fixture.Kafka.Persisted.Count(r => r.Topic == KafkaTopics.Outcome) == 2);
        fixture.Kafka.Persisted.ShouldAllBe(r => r.Topic == KafkaTopics.Outcome);

        fixture.Store.Writer.Enqueue(new FinishEvidence(waiting.OutcomeId, new Uri("https://frames/1"), []));
        await Eventually.HoldsAsync(() => fixture.Store.Writer.Backlog == 0);

        var defect = fixture.Kafka.Persisted.Single(r => r.Topic == KafkaTopics.DefectDetected);
        ImddJson.Deserialize<DefectDetected>(defect.Value!.Value.Span).Frame.Uri.ShouldBe("https://frames/1");
    }

    [Fact]
    public async Task Run_HappenedLongAgo_IsMarkedHistorical()
    {
        await using PublisherFixture fixture = new();
        fixture.Start();
        await fixture.AppendAsync(TestDrafts.Outcome("old"));
        await fixture.AppendAsync(TestDrafts.Outcome("new") with { Happened = TimeProvider.System.GetUtcNow() });

        await Eventually.HoldsAsync(() => fixture.Kafka.Persisted.Count == 2);

        fixture.Kafka.Persisted.Select(r => r.Headers.Any(h => h is { Key: "ce_historical", Value: "true" })).ShouldBe([true, false]);
    }

    private static string IdOf(KafkaRecord record) => record.Headers.Single(h => h.Key == "ce_id").Value;

    private static void ShouldBeInOrder(IReadOnlyList<KafkaRecord> records)
    {
        foreach (var camera in records.GroupBy(r => r.Key, StringComparer.Ordinal))
        {
            camera.Select(r => r.Headers.Single(h => h.Key == "ce_sequence").Value).ShouldBeInOrder();
        }
    }
}
