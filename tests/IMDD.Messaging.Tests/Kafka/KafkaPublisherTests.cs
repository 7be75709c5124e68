using System.Collections.Concurrent;
using IMDD.Messaging.Embedded;
using IMDD.Messaging.Kafka;
using IMDD.Testing;

namespace IMDD.Messaging.Tests.Kafka;

public sealed class KafkaPublisherTests : IDisposable
{
    private const short ProduceRequest = 0;
    private readonly EmbeddedKafkaCluster _cluster = new(brokers: 3);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task TryPublish_WithHeaders_IsReadByAnIndependentClient()
    {
        Assert.SkipWhen(KcatClient.Find(out var reason) is null, reason);
        _cluster.CreateTopic("t", 1);
        using var harness = new KafkaHarness(_cluster.BootstrapServers);
        using var publisher = harness.Factory.CreatePublisher();
        var report = await publisher.PublishAsync(KafkaHarness.Record("t", "cam-1", "{\"ä\":1}", new("ce_id", "7"), new("ce_subject", "Öse"), new("content-type", "application/json")));
        report.ShouldBe(new PublishReport(PublishResult.Persisted, 0, 0, ""));

        var record = (await new KcatClient(_cluster.BootstrapServers).ReadAsync("t")).ShouldHaveSingleItem();
        record.Key.ShouldBe("cam-1");
        record.Value.ShouldBe("{\"ä\":1}");
        record.Headers.ShouldBe([new("ce_id", "7"), new("ce_subject", "Öse"), new("content-type", "application/json")]);
        record.TimestampMs.ShouldBe(DateTimeOffset.UnixEpoch.AddDays(20_000).ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task TryPublish_Key_GoesWhereJavaClientsPutIt()
    {
        // Apache Kafka's own test vectors of Utils.murmur2 (UtilsTest).
        var vectors = new Dictionary<string, int>(StringComparer.Ordinal)
        {
            ["21"] = -973932308,
            ["foobar"] = -790332482,
            ["a-little-bit-long-string"] = -985981536,
            ["a-little-bit-longer-string"] = -1486304829,
            ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"] = -58897971,
            ["abc"] = 479470107,
        };
        _cluster.CreateTopic("t", 97);
        using var harness = new KafkaHarness(_cluster.BootstrapServers);
        using var publisher = harness.Factory.CreatePublisher();
        foreach (var (key, murmur2) in vectors)
        {
            (await publisher.PublishAsync(KafkaHarness.Record("t", key, "x"))).Partition.ShouldBe((murmur2 & 0x7FFFFFFF) % 97, key);
        }
    }

    [Fact]
    public async Task Outage_OfTheWholeCluster_LosesNothingAndKeepsTheOrderPerKey()
    {
        _cluster.CreateTopic("t", 4);
        using var harness = new KafkaHarness(_cluster.BootstrapServers);
        using var publisher = harness.Factory.CreatePublisher();
        var reports = new ConcurrentQueue<PublishReport>();
        var published = 0;
        var outage = Task.Run(
            async () =>
            {
                await Eventually.HoldsAsync(() => !reports.IsEmpty);
                _cluster.SetDown();
                await Task.Delay(TimeSpan.FromSeconds(6), Stop);
                _cluster.SetUp();
            },
            Stop);
        while (!outage.IsCompleted || published < 500)
        {
            var record = KafkaHarness.Record("t", $"cam-{published % 5}", $"{published}");
            await Eventually.HoldsAsync(() => publisher.TryPublish(record, reports.Enqueue));
            published++;
            await Task.Delay(10, Stop);
        }

        await outage;
        await publisher.FlushAsync(Stop).WaitAsync(Eventually.Timeout, Stop);
        reports.Count.ShouldBe(published);
        reports.ShouldAllBe(r => r.Result == PublishResult.Persisted);

        using var consumer = harness.Factory.CreateConsumer("judge");
        consumer.Assign(["t"], fromBeginning: true);
        var read = consumer.ReadUntil(published);
        consumer.Poll(TimeSpan.FromSeconds(1)).ShouldBeNull(); // no duplicates within one producer's life
        foreach (var key in read.GroupBy(r => r.Key))
        {
            key.Select(Number).ShouldBe(Enumerable.Range(0, published).Where(i => $"cam-{i % 5}" == key.Key));
        }
    }

    [Fact]
    public async Task Outage_LongerThanTheDeliveryTimeout_IsReportedAsRetriableAndThenCured()
    {
        _cluster.CreateTopic("t", 1);
        using var harness = new KafkaHarness(_cluster.BootstrapServers, ("DeliveryTimeout", "00:00:01"));
        using var publisher = harness.Factory.CreatePublisher();

        // The first record also waits for connections, the topic's metadata and a producer id, which on a busy machine may take longer than a second.
        await Eventually.HoldsAsync(async () => (await publisher.PublishAsync(KafkaHarness.Record("t", "k", "0"))).Result == PublishResult.Persisted);
        _cluster.SetDown();
        var report = await publisher.PublishAsync(KafkaHarness.Record("t", "k", "1"));
        report.Result.ShouldBe(PublishResult.Retriable);
        report.Error.ShouldBe("Local_MsgTimedOut");
        report.Offset.ShouldBe(-1);
        _cluster.SetUp();
        await Eventually.HoldsAsync(async () => (await publisher.PublishAsync(KafkaHarness.Record("t", "k", "1"))).Result == PublishResult.Persisted);
    }

    [Fact]
    public async Task TryPublish_LocalQueueFull_IsFalseUntilThereIsRoom()
    {
        _cluster.CreateTopic("t", 1);
        using var harness = new KafkaHarness(_cluster.BootstrapServers, ("QueueRecords", "10"));
        using var publisher = harness.Factory.CreatePublisher();
        (await publisher.PublishAsync(KafkaHarness.Record("t", "k", "first"))).Result.ShouldBe(PublishResult.Persisted);
        _cluster.SetDown();
        var reported = 0;
        var taken = 0;
        while (publisher.TryPublish(KafkaHarness.Record("t", "k", $"{taken}"), _ => Interlocked.Increment(ref reported)))
        {
            (++taken).ShouldBeLessThan(100);
        }

        // librdkafka gives the first record's place back only after its report has been handled, perhaps not yet.
        taken.ShouldBeInRange(9, 10);
        _cluster.SetUp();
        await publisher.FlushAsync(Stop).WaitAsync(Eventually.Timeout, Stop);
        reported.ShouldBe(taken); // the refused one has no report
        (await publisher.PublishAsync(KafkaHarness.Record("t", "k", "again"))).Result.ShouldBe(PublishResult.Persisted);
    }

    [Fact]
    public async Task BrokerErrors_ThatPass_AreRetriedWithoutDuplicates()
    {
        _cluster.CreateTopic("t", 1);
        using var harness = new KafkaHarness(_cluster.BootstrapServers);
        using var publisher = harness.Factory.CreatePublisher();
        _cluster.PushErrors(ProduceRequest, 6, 19, 7, -195); // NOT_LEADER, NOT_ENOUGH_REPLICAS, REQUEST_TIMED_OUT, connection lost
        (await publisher.PublishAsync(KafkaHarness.Record("t", "k", "0"))).ShouldBe(new PublishReport(PublishResult.Persisted, 0, 0, ""));
        using var consumer = harness.Factory.CreateConsumer("judge");
        consumer.Assign(["t"], fromBeginning: true);
        consumer.ReadUntil(1);
        consumer.Poll(TimeSpan.FromSeconds(1)).ShouldBeNull();
    }

    [Theory]
    [InlineData(10, PublishResult.Permanent, "MsgSizeTooLarge")]
    [InlineData(32, PublishResult.Permanent, "InvalidTimestamp")]
    [InlineData(44, PublishResult.Permanent, "PolicyViolation")]
    [InlineData(87, PublishResult.Permanent, "InvalidRecord")]
    [InlineData(29, PublishResult.Retriable, "TopicAuthorizationFailed")]
    public async Task BrokerErrors_ThatStay_AreClassified(int code, PublishResult result, string name)
    {
        _cluster.CreateTopic("t", 1);
        using var harness = new KafkaHarness(_cluster.BootstrapServers, ("DeliveryTimeout", "00:00:10"));
        using var publisher = harness.Factory.CreatePublisher();
        (await publisher.PublishAsync(KafkaHarness.Record("t", "k", "0"))).Result.ShouldBe(PublishResult.Persisted);
        _cluster.PushErrors(ProduceRequest, code);
        var report = await publisher.PublishAsync(KafkaHarness.Record("t", "k", "1"));
        report.ShouldBe(new PublishReport(result, -1, -1, name));
        await Eventually.HoldsAsync(async () => (await publisher.PublishAsync(KafkaHarness.Record("t", "k", "2"))).Result == PublishResult.Persisted);
    }

    [Fact]
    public async Task TryPublish_RecordLargerThanTheClientSends_IsPermanentAndGoesToTheDeadLetters()
    {
        Assert.SkipWhen(KcatClient.Find(out var reason) is null, reason);
        _cluster.CreateTopic("t", 1);
        _cluster.CreateTopic("t.dlq", 1);
        using var harness = new KafkaHarness(_cluster.BootstrapServers);
        using var publisher = harness.Factory.CreatePublisher();
        var poison = KafkaHarness.Record("t", "cam-1", new string('x', 1_100_000), new KeyValuePair<string, string>("ce_id", "7"));
        var reported = new TaskCompletionSource<PublishReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        publisher.TryPublish(poison, reported.SetResult).ShouldBeTrue();
        var report = await reported.Task.WaitAsync(Eventually.Timeout, Stop);
        report.ShouldBe(new PublishReport(PublishResult.Permanent, -1, -1, "MsgSizeTooLarge"));

        var first = DateTimeOffset.UnixEpoch.AddDays(20_000);
        var letter = KafkaDeadLetter.Of(poison with { Value = "head"u8.ToArray() }, report.Error, "too large", attempts: 1, first, first.AddSeconds(1.5));
        (await publisher.PublishAsync(letter)).Result.ShouldBe(PublishResult.Persisted);
        var read = (await new KcatClient(_cluster.BootstrapServers).ReadAsync("t.dlq")).ShouldHaveSingleItem();
        read.Key.ShouldBe("cam-1");
        read.Header("ce_id").ShouldBe("7");
        read.Header("dlq.topic").ShouldBe("t");
        read.Header("dlq.partition").ShouldBeNull();
        read.Header("error.type").ShouldBe("MsgSizeTooLarge");
        read.Header("error.message").ShouldBe("too large");
        read.Header("dlq.attempts").ShouldBe("1");
        read.Header("dlq.first-time").ShouldBe("2024-10-04T00:00:00.000000Z");
        read.Header("dlq.last-time").ShouldBe("2024-10-04T00:00:01.500000Z");
    }

    [Fact]
    public async Task FatalError_OfTheProducer_IsReplacedWithoutTheCallerNoticing()
    {
        _cluster.CreateTopic("t", 1);
        using var harness = new KafkaHarness(_cluster.BootstrapServers);
        using var publisher = harness.Factory.CreatePublisher();
        (await publisher.PublishAsync(KafkaHarness.Record("t", "k", "0"))).Result.ShouldBe(PublishResult.Persisted);
        _cluster.PushErrors(ProduceRequest, 45); // OUT_OF_ORDER_SEQUENCE_NUMBER: fatal for an idempotent producer
        var report = await publisher.PublishAsync(KafkaHarness.Record("t", "k", "1"));
        report.Result.ShouldBe(PublishResult.Retriable);
        await Eventually.HoldsAsync(async () => (await publisher.PublishAsync(KafkaHarness.Record("t", "k", "1"))).Result == PublishResult.Persisted);
        await publisher.FlushAsync(Stop).WaitAsync(Eventually.Timeout, Stop);
    }

    private static int Number(KafkaConsumed record) => int.Parse(System.Text.Encoding.UTF8.GetString(record.Value!.Value.Span), System.Globalization.CultureInfo.InvariantCulture);
}
