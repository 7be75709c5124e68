using IMDD.Contracts.Topics;
using IMDD.Messaging.Embedded;
using IMDD.Messaging.Kafka;
using IMDD.Messaging.Tests.Kafka;
using IMDD.Testing;

namespace IMDD.Messaging.Tests.Embedded;

public sealed class EmbeddedKafkaClusterTests
{
    [Fact]
    public async Task Start_OnAFixedPort_ServesEveryTopicToOtherProcesses()
    {
        Assert.SkipWhen(KcatClient.Find(out var reason) is null, reason);
        var port = LoopbackPort.Free();
        using var cluster = new EmbeddedKafkaCluster(brokers: 2, port);
        cluster.BootstrapServers.ShouldBe($"127.0.0.1:{port}");
        using var second = new EmbeddedKafkaCluster(brokers: 1, port);
        second.BootstrapServers.ShouldNotBe(cluster.BootstrapServers); // the next free port

        var metadata = await new KcatClient(cluster.BootstrapServers).RunAsync("-L");
        foreach (var topic in KafkaTopics.All)
        {
            metadata.ShouldContain($"topic \"{topic.Name}\" with {topic.Partitions} partitions");
        }

        using var harness = new KafkaHarness(cluster.BootstrapServers);
        using var publisher = harness.Factory.CreatePublisher();
        (await publisher.PublishAsync(KafkaHarness.Record(KafkaTopics.Outcome, "k", "v"))).Result.ShouldBe(PublishResult.Persisted);
        (await new KcatClient(cluster.BootstrapServers).ReadAsync(KafkaTopics.Outcome)).Select(r => r.Value).ShouldBe(["v"]);
        (await new KcatClient(second.BootstrapServers).ReadAsync(KafkaTopics.Outcome)).ShouldBeEmpty();
    }

    [Fact]
    public void CreateTopic_Twice_KeepsTheFirst()
    {
        using var cluster = new EmbeddedKafkaCluster();
        cluster.CreateTopic("t", 3);
        cluster.CreateTopic("t", 5);
    }

    [Fact]
    public void SetBrokerDown_UnknownBroker_Throws()
    {
        using var cluster = new EmbeddedKafkaCluster();
        Should.Throw<InvalidOperationException>(() => cluster.SetBrokerDown(9)).Message.ShouldContain("broker 9");
    }
}
