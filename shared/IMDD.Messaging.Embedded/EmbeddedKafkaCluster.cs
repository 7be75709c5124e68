using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using IMDD.Contracts.Topics;

namespace IMDD.Messaging.Embedded;

/// <summary>
/// A Kafka cluster in this process, on loopback: librdkafka's mock brokers, which speak the real protocol to any client over TCP. For the
/// demo, development and fault tests. It keeps about 5 MiB per partition, in memory only, drops older records in silence, does not
/// implement transactions, and answers no topic administration (use <see cref="CreateTopic"/>).
/// </summary>
public sealed class EmbeddedKafkaCluster : IDisposable
{
    private const int GroupJoinDelayMs = 100;
    private readonly IProducer<Null, byte[]> _owner;
    private readonly TcpRelay? _relay;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _topics = new(StringComparer.Ordinal);
    private readonly int[] _ports = [];
    private readonly Dictionary<int, Socket> _held = [];
    private nint _cluster;

    /// <summary>Starts a cluster with every topic of <see cref="KafkaTopics.All"/>.</summary>
    /// <param name="brokers">Brokers; their ids are 1 to this.</param>
    /// <param name="port">
    /// Port to bootstrap from, or the next free one above; 0: any. Brokers listen on ports of their own choice, which clients learn there.
    /// </param>
    public EmbeddedKafkaCluster(int brokers = 1, int port = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(brokers, 1);
        BrokerCount = brokers;

        // The cluster lives inside a client; this one has no other purpose and never finds a broker.
        _owner = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = "127.0.0.1:1", ReconnectBackoffMaxMs = 600_000, ReconnectBackoffMs = 600_000 })
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();
        try
        {
            _cluster = MockNative.ClusterNew(NativeHandle(_owner), brokers);
            if (_cluster == 0)
            {
                throw new InvalidOperationException("librdkafka could not start its mock cluster.");
            }

            MockNative.GroupInitialRebalanceDelay(_cluster, GroupJoinDelayMs);
            var bootstrap = Marshal.PtrToStringUTF8(MockNative.ClusterBootstraps(_cluster))!;
            var endPoints = bootstrap.Split(',').Select(TcpRelay.ParseEndPoint).ToArray();
            _ports = Array.ConvertAll(endPoints, endPoint => endPoint.Port);
            foreach (var topic in KafkaTopics.All)
            {
                CreateTopic(topic.Name, topic.Partitions);
            }

            if (port != 0)
            {
                _relay = new TcpRelay(LoopbackPort.FirstFree(port), endPoints);
            }

            BootstrapServers = _relay is null ? bootstrap : $"127.0.0.1:{_relay.Port}";
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>For <see cref="Kafka.KafkaOptions.BootstrapServers"/>.</summary>
    public string BootstrapServers { get; }

    /// <summary>Number of brokers.</summary>
    public int BrokerCount { get; }

    /// <summary>Creates a topic; one that exists stays as it is.</summary>
    public void CreateTopic(string name, int partitions)
    {
        lock (_lock)
        {
            if (_topics.Add(name))
            {
                Check(MockNative.TopicCreate(Cluster, name, partitions, Math.Min(BrokerCount, 3)), $"create topic '{name}'");
            }
        }
    }

    /// <summary>Takes a broker down: connections are cut, new ones refused; what it holds is kept.</summary>
    public void SetBrokerDown(int broker)
    {
        lock (_lock)
        {
            Check(MockNative.BrokerSetDown(Cluster, broker), $"take down broker {broker}");

            // It comes up on the port that it had, or librdkafka ends the process: no connection of anybody may be given that port meanwhile.
            if (!_held.ContainsKey(broker) && LoopbackPort.Hold(_ports[broker - 1]) is { } held)
            {
                _held.Add(broker, held);
            }
        }
    }

    /// <summary>Brings a broker up again.</summary>
    public void SetBrokerUp(int broker)
    {
        lock (_lock)
        {
            Check(MockNative.BrokerSetUp(Cluster, broker), $"bring up broker {broker}");
            if (_held.Remove(broker, out var held))
            {
                held.Dispose();
            }
        }
    }

    /// <summary>Takes the whole cluster down.</summary>
    public void SetDown() => ForEachBroker(SetBrokerDown);

    /// <summary>Brings the whole cluster up.</summary>
    public void SetUp() => ForEachBroker(SetBrokerUp);

    /// <summary>Makes each broker answer this much later.</summary>
    public void SetRtt(TimeSpan rtt) => ForEachBroker(broker => Check(MockNative.BrokerSetRtt(Cluster, broker, (int)rtt.TotalMilliseconds), "set the round-trip time"));

    /// <summary>Answers the next requests of a kind with these errors, one each.</summary>
    /// <param name="apiKey">Kafka protocol API key: 0 Produce, 1 Fetch, 11 JoinGroup, 22 InitProducerId, …</param>
    /// <param name="errorCodes">Kafka protocol error codes, or librdkafka's negative ones, such as -195 for a transport failure.</param>
    public void PushErrors(short apiKey, params int[] errorCodes)
    {
        ArgumentNullException.ThrowIfNull(errorCodes);
        lock (_lock)
        {
            MockNative.PushRequestErrors(Cluster, apiKey, (nuint)errorCodes.Length, errorCodes);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _relay?.Dispose();
        lock (_lock)
        {
            if (_cluster != 0)
            {
                MockNative.ClusterDestroy(_cluster);
                _cluster = 0;
            }

            foreach (var held in _held.Values)
            {
                held.Dispose();
            }

            _held.Clear();
        }

        _owner.Dispose();
    }

    // The client's native handle is not public: Confluent.Kafka has no mock cluster of its own.
    private static nint NativeHandle(IProducer<Null, byte[]> client)
    {
        var handle = client.Handle;
        var property = handle.GetType().GetProperty("LibrdkafkaHandle", BindingFlags.Instance | BindingFlags.NonPublic)
            ?? throw new InvalidOperationException("This version of Confluent.Kafka keeps its handle elsewhere.");
        return ((SafeHandle)property.GetValue(handle)!).DangerousGetHandle();
    }

    private static void Check(int error, string what)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"The mock cluster could not {what}: {(ErrorCode)error}.");
        }
    }

    private nint Cluster => _cluster != 0 ? _cluster : throw new ObjectDisposedException(nameof(EmbeddedKafkaCluster));

    private void ForEachBroker(Action<int> action)
    {
        for (var broker = 1; broker <= BrokerCount; broker++)
        {
            action(broker);
        }
    }
}
