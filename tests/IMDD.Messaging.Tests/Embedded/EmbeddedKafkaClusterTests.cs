using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
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

    /// <summary>Where somebody had it, the broker could not come up, and librdkafka would end the process.</summary>
    [Fact]
    public async Task SetDown_PortsOfBrokers_AreNobodyElsesUntilTheyAreUp()
    {
        using var cluster = new EmbeddedKafkaCluster(brokers: 2);
        var brokers = cluster.BootstrapServers.Split(',').Select(IPEndPoint.Parse).ToList();
        for (var time = 0; time < 3; time++)
        {
            cluster.SetDown();
            foreach (var broker in brokers)
            {
                IsFree(broker).ShouldBeFalse();
                using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                Should.Throw<SocketException>(() => client.Connect(broker)).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
            }

            cluster.SetUp();
        }

        using var harness = new KafkaHarness(cluster.BootstrapServers);
        using var publisher = harness.Factory.CreatePublisher();
        (await publisher.PublishAsync(KafkaHarness.Record(KafkaTopics.Outcome, "k", "v"))).Result.ShouldBe(PublishResult.Persisted);
    }

    [Fact]
    public void SetBrokerDown_UnknownBroker_Throws()
    {
        using var cluster = new EmbeddedKafkaCluster();
        Should.Throw<InvalidOperationException>(() => cluster.SetBrokerDown(9)).Message.ShouldContain("broker 9");
    }

    /// <summary>Whether a port can be had by one who does not ask to share it, as connections are given theirs; a socket of .NET always asks.</summary>
    private static bool IsFree(IPEndPoint endPoint)
    {
        const int Internet = 2, Stream = 1;
        var socket = NewSocket(Internet, Stream, 0);
        socket.ShouldBeGreaterThanOrEqualTo(0);
        byte[] address = [Internet, 0, (byte)(endPoint.Port >> 8), (byte)endPoint.Port, .. endPoint.Address.GetAddressBytes(), .. new byte[8]];
        var error = Bind(socket, address, address.Length);
        _ = Close(socket);
        return error == 0;
    }

    [DllImport("libc", EntryPoint = "socket")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NewSocket(int domain, int type, int protocol);

    [DllImport("libc", EntryPoint = "bind")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Bind(int socket, byte[] address, int length);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int socket);
}
