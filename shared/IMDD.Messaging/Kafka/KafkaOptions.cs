using System.ComponentModel.DataAnnotations;

namespace IMDD.Messaging.Kafka;

/// <summary>How to reach Kafka.</summary>
public sealed class KafkaOptions
{
    public const string Section = "Kafka";

    [Required]
    public string BootstrapServers { get; set; } = "127.0.0.1:9092";

    /// <summary><c>plaintext</c>, <c>ssl</c>, <c>sasl_plaintext</c> or <c>sasl_ssl</c>.</summary>
    [RegularExpression("^(plaintext|ssl|sasl_plaintext|sasl_ssl)$")]
    public string SecurityProtocol { get; set; } = "plaintext";

    public string? SaslMechanism { get; set; }
    public string? SaslUsername { get; set; }
    public string? SaslPassword { get; set; }
    public string? SslCaFile { get; set; }
    public string? SslCertificateFile { get; set; }
    public string? SslKeyFile { get; set; }

    /// <summary><c>none</c>, <c>lz4</c> or <c>zstd</c>.</summary>
    [RegularExpression("^(none|lz4|zstd)$")]
    public string Compression { get; set; } = "lz4";

    /// <summary>How long the client keeps trying one record before it reports it as retriable.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan DeliveryTimeout { get; set; } = TimeSpan.FromSeconds(30);

    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Records the client buffers; small on the edge, so that the store on disk, not memory, is the buffer.</summary>
    [Range(1, 1_000_000)]
    public int QueueRecords { get; set; } = 1000;

    [Range(1 << 10, 1 << 20)]
    public int QueueKilobytes { get; set; } = 64 << 10;

    /// <summary>
    /// How long a broker may hold a consumer's request back while there is nothing new. A real broker answers as soon as there is; the in-memory
    /// cluster waits this long in any case, so that it bounds how late a record is seen there.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:30")]
    public TimeSpan FetchMaxWait { get; set; } = TimeSpan.FromMilliseconds(100);

    [Range(typeof(TimeSpan), "00:00:06", "00:30:00")]
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>True: create missing topics at start by <see cref="Contracts.Topics.KafkaTopics.All"/>, tolerating refusal.</summary>
    public bool CreateTopics { get; set; }
}
