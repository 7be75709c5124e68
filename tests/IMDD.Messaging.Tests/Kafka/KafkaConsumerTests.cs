using System.Text;
using IMDD.Messaging.Embedded;
using IMDD.Messaging.Kafka;
using IMDD.Testing;

namespace IMDD.Messaging.Tests.Kafka;

public sealed class KafkaConsumerTests : IDisposable
{
    private const short HeartbeatRequest = 12;
    private readonly EmbeddedKafkaCluster _cluster = new();
    private readonly KafkaHarness _harness;

    public KafkaConsumerTests() => _harness = new KafkaHarness(_cluster.BootstrapServers);

    public void Dispose()
    {
        _harness.Dispose();
        _cluster.Dispose();
    }

    [Fact]
    public async Task Poll_InAGroup_ReadsWhatWasPublished()
    {
        _cluster.CreateTopic("t", 3);
        using var publisher = _harness.Factory.CreatePublisher();
        for (var i = 0; i < 20; i++)
        {
            (await publisher.PublishAsync(KafkaHarness.Record("t", $"key-{i}", $"{i}", new KeyValuePair<string, string>("n", $"{i}")))).Result.ShouldBe(PublishResult.Persisted);
        }

        (await publisher.PublishAsync(new KafkaRecord("t", "key-0", null, [], DateTimeOffset.UnixEpoch))).Result.ShouldBe(PublishResult.Persisted);
        using var consumer = _harness.Factory.CreateConsumer("g");
        consumer.Subscribe(["t"]);
        var read = consumer.ReadUntil(21);
        read.Count(r => r.Value is null).ShouldBe(1);
        read.Where(r => r.Value is not null).Select(r => (r.Key, r.Headers[0].Value)).Order()
            .ShouldBe(Enumerable.Range(0, 20).Select(i => ((string?)$"key-{i}", $"{i}")).Order());
    }

    [Fact]
    public async Task OnAssigned_StoredPositions_AreWhereItReadsOn()
    {
        _cluster.CreateTopic("t", 2);
        await PublishAsync("t", 40);
        List<KafkaConsumed> all;
        using (var consumer = _harness.Factory.CreateConsumer("g"))
        {
            consumer.Subscribe(["t"]);
            all = consumer.ReadUntil(40);

            // Committed to the group at the end; the stored position must win over it.
            consumer.Commit([.. all.GroupBy(r => r.Partition).Select(p => new KafkaPosition(new KafkaPartition("t", p.Key), p.Max(r => r.Offset) + 1))]);
        }

        var stored = new Dictionary<KafkaPartition, long> { [new("t", 0)] = 5 };
        using var second = _harness.Factory.CreateConsumer("g");
        second.Subscribe(["t"], new RecordingHandler(stored));
        var again = second.ReadUntil(all.Count(r => r.Partition == 0) - 5);
        again.ShouldAllBe(r => r.Partition == 0 && r.Offset >= 5);
        second.Poll(TimeSpan.FromSeconds(1)).ShouldBeNull();
    }

    [Fact]
    public async Task Commit_IsWhereTheNextMemberStarts()
    {
        _cluster.CreateTopic("t", 1);
        await PublishAsync("t", 10);
        using (var first = _harness.Factory.CreateConsumer("g"))
        {
            first.Subscribe(["t"]);
            first.ReadUntil(10);
            first.Commit([new KafkaPosition(new KafkaPartition("t", 0), 4)]);
        }

        using var second = _harness.Factory.CreateConsumer("g");
        second.Subscribe(["t"]);
        second.ReadUntil(6).Select(Text).ShouldBe(["4", "5", "6", "7", "8", "9"]);
    }

    [Fact]
    public async Task Rebalance_WithASecondMember_SharesThePartitionsAndLosesNothing()
    {
        const int Count = 200;
        _cluster.CreateTopic("t", 4);
        var first = new RecordingHandler();
        var second = new RecordingHandler();
        using var stop = new CancellationTokenSource();
        var read = new System.Collections.Concurrent.ConcurrentQueue<KafkaConsumed>();
        var one = RunAsync(first, stop.Token);
        await Eventually.HoldsAsync(() => first.Owned.Count == 4);
        var publishing = PublishAsync("t", Count, pauseMs: 5);
        var two = RunAsync(second, stop.Token);
        await Eventually.HoldsAsync(() => first.Owned.Count == 2 && second.Owned.Count == 2);
        first.Owned.Intersect(second.Owned).ShouldBeEmpty();
        first.Revoked.Count.ShouldBe(2); // cooperative: it kept the other two
        await publishing;
        await Eventually.HoldsAsync(() => read.Select(Text).Distinct().Count() == Count);
        await stop.CancelAsync();
        await Task.WhenAll(one, two);

        Task RunAsync(RecordingHandler handler, CancellationToken token) => Task.Run(
            () =>
            {
                using var consumer = _harness.Factory.CreateConsumer("g");
                consumer.Subscribe(["t"], handler);
                while (!token.IsCancellationRequested)
                {
                    if (consumer.Poll(TimeSpan.FromMilliseconds(50)) is { } record)
                    {
                        read.Enqueue(record);
                        consumer.Commit([new KafkaPosition(new KafkaPartition(record.Topic, record.Partition), record.Offset + 1)]);
                    }
                }
            },
            CancellationToken.None);
    }

    [Fact]
    public async Task Rebalance_MemberForgottenByTheGroup_IsToldThatItsPartitionsAreLost()
    {
        _cluster.CreateTopic("t", 2);
        var handler = new RecordingHandler();
        using var consumer = _harness.Factory.CreateConsumer("g");
        consumer.Subscribe(["t"], handler);
        await Eventually.HoldsAsync(() =>
        {
            consumer.Poll(TimeSpan.FromMilliseconds(50));
            return handler.Owned.Count == 2;
        });
        _cluster.PushErrors(HeartbeatRequest, 25); // UNKNOWN_MEMBER_ID
        await Eventually.HoldsAsync(() =>
        {
            consumer.Poll(TimeSpan.FromMilliseconds(50));
            return handler.Lost.Count == 2 && handler.Owned.Count == 2;
        });
        handler.Revoked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Subscribe_TopicThatComesLater_IsPickedUp()
    {
        using var consumer = _harness.Factory.CreateConsumer("g");
        consumer.Subscribe(["later"]);
        for (var i = 0; i < 10; i++)
        {
            consumer.Poll(TimeSpan.FromMilliseconds(100)).ShouldBeNull();
        }

        _cluster.CreateTopic("later", 2);
        await PublishAsync("later", 3);
        consumer.ReadUntil(3).Select(Text).Order().ShouldBe(["0", "1", "2"]);
    }

    [Fact]
    public async Task Assign_FromTheBeginning_ReadsEveryPartitionAndLaterTopics()
    {
        _cluster.CreateTopic("t", 5);
        await PublishAsync("t", 20);
        using var consumer = _harness.Factory.CreateConsumer("watch");
        consumer.Assign(["t", "later"], fromBeginning: true);
        consumer.ReadUntil(20).Select(r => r.Partition).Distinct().Count().ShouldBeGreaterThan(1);
        _cluster.CreateTopic("later", 1);
        await PublishAsync("later", 2);
        consumer.ReadUntil(2).ShouldAllBe(r => r.Topic == "later");
    }

    [Fact]
    public async Task Assign_FromTheEnd_ReadsOnlyWhatComes()
    {
        _cluster.CreateTopic("t", 2);
        await PublishAsync("t", 5);
        using var consumer = _harness.Factory.CreateConsumer("watch");
        consumer.Assign(["t"], fromBeginning: false);
        for (var i = 0; i < 10; i++)
        {
            consumer.Poll(TimeSpan.FromMilliseconds(100)).ShouldBeNull();
        }

        using var publisher = _harness.Factory.CreatePublisher();
        await publisher.PublishAsync(KafkaHarness.Record("t", "k", "new"));
        consumer.ReadUntil(1).Select(Text).ShouldBe(["new"]);
    }

    [Fact]
    public async Task Poll_WhileTheClusterIsDown_GoesOnAfterwards()
    {
        _cluster.CreateTopic("t", 1);
        await PublishAsync("t", 1);
        using var consumer = _harness.Factory.CreateConsumer("g");
        consumer.Subscribe(["t"]);
        consumer.ReadUntil(1);

        // A slow machine may lose its membership while the brokers are away: it reads on from what was committed, never from its own memory.
        consumer.Commit([new KafkaPosition(new KafkaPartition("t", 0), 1)]);
        _cluster.SetDown();
        consumer.Poll(TimeSpan.FromSeconds(1)).ShouldBeNull();
        _cluster.SetUp();
        using var publisher = _harness.Factory.CreatePublisher();
        await publisher.PublishAsync(KafkaHarness.Record("t", "k", "after"));
        consumer.ReadUntil(1).Select(Text).ShouldBe(["after"]);
    }

    [Fact]
    public async Task DeadLetter_OfAConsumedRecord_NamesItsOrigin()
    {
        _cluster.CreateTopic("t", 1);
        await PublishAsync("t", 3);
        using var consumer = _harness.Factory.CreateConsumer("g");
        consumer.Assign(["t"], fromBeginning: true);
        var poison = consumer.ReadUntil(3)[2];
        var letter = KafkaDeadLetter.Of(poison, "malformed", new string('m', 5000), 2, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        letter.Topic.ShouldBe("t.dlq");
        letter.Key.ShouldBe(poison.Key);
        letter.Value!.Value.ToArray().ShouldBe(poison.Value!.Value.ToArray());
        var headers = letter.Headers.ToDictionary(h => h.Key, h => h.Value);
        headers["dlq.partition"].ShouldBe("0");
        headers["dlq.offset"].ShouldBe("2");
        headers["error.message"].Length.ShouldBe(1024);

        var twice = KafkaDeadLetter.Of(poison with { Headers = letter.Headers }, "permanent", "", 3, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        twice.Headers.Select(h => h.Key).ShouldBeUnique();
    }

    private static string Text(KafkaConsumed record) => Encoding.UTF8.GetString(record.Value!.Value.Span);

    private async Task PublishAsync(string topic, int count, int pauseMs = 0)
    {
        using var publisher = _harness.Factory.CreatePublisher();
        for (var i = 0; i < count; i++)
        {
            (await publisher.PublishAsync(KafkaHarness.Record(topic, $"key-{i}", $"{i}"))).Result.ShouldBe(PublishResult.Persisted);
            await Task.Delay(pauseMs, TestContext.Current.CancellationToken);
        }
    }
}
