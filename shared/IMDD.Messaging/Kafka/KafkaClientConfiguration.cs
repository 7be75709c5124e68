using System.Globalization;
using Confluent.Kafka;

namespace IMDD.Messaging.Kafka;

/// <summary>Our options as librdkafka's.</summary>
internal static class KafkaClientConfiguration
{
    // A plant's network comes and goes: look again after 2 s at the latest, not after librdkafka's 10 s.
    private const int LongestReconnectBackoffMs = 2_000;

    /// <summary>An idempotent producer: acks from all in-sync replicas, order kept through retries, no duplicates within its life.</summary>
    public static ProducerConfig Producer(KafkaOptions options) => Common(options, new ProducerConfig
    {
        EnableIdempotence = true,
        Acks = Acks.All,

        // What Java clients do; librdkafka's default puts a key elsewhere, which breaks joins with Flink, ksqlDB and Streams.
        Partitioner = Partitioner.Murmur2Random,
        CompressionType = options.Compression switch
        {
            "lz4" => CompressionType.Lz4,
            "zstd" => CompressionType.Zstd,
            _ => CompressionType.None,
        },
        LingerMs = options.Linger.TotalMilliseconds,
        MessageTimeoutMs = (int)options.DeliveryTimeout.TotalMilliseconds,
        QueueBufferingMaxMessages = options.QueueRecords,
        QueueBufferingMaxKbytes = options.QueueKilobytes,
        DeliveryReportFields = "status",
    });

    /// <summary>A consumer whose offsets are its user's business.</summary>
    public static ConsumerConfig Consumer(KafkaOptions options, string groupId) => Common(options, new ConsumerConfig
    {
        GroupId = groupId,
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        AllowAutoCreateTopics = false,
        EnablePartitionEof = false,
        FetchWaitMaxMs = (int)options.FetchMaxWait.TotalMilliseconds,

        // A member that stays keeps its partitions, and with them its state, while another joins or leaves.
        PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds,
        HeartbeatIntervalMs = (int)Math.Min(options.SessionTimeout.TotalMilliseconds / 6, 3_000),
        TopicMetadataRefreshIntervalMs = 10_000,
    });

    /// <summary>Topic administration.</summary>
    public static AdminClientConfig Admin(KafkaOptions options) => Common(options, new AdminClientConfig());

    private static T Common<T>(KafkaOptions options, T config)
        where T : ClientConfig
    {
        config.BootstrapServers = options.BootstrapServers;
        config.SecurityProtocol = options.SecurityProtocol switch
        {
            "ssl" => SecurityProtocol.Ssl,
            "sasl_plaintext" => SecurityProtocol.SaslPlaintext,
            "sasl_ssl" => SecurityProtocol.SaslSsl,
            _ => SecurityProtocol.Plaintext,
        };
        if (options.SaslMechanism is { } mechanism)
        {
            config.Set("sasl.mechanisms", mechanism.ToUpper(CultureInfo.InvariantCulture));
        }

        config.SaslUsername = options.SaslUsername;
        config.SaslPassword = options.SaslPassword;
        config.SslCaLocation = options.SslCaFile;
        config.SslCertificateLocation = options.SslCertificateFile;
        config.SslKeyLocation = options.SslKeyFile;
        config.ReconnectBackoffMaxMs = LongestReconnectBackoffMs;
        config.SocketKeepaliveEnable = true;
        config.ClientId = "imdd";
        return config;
    }
}
