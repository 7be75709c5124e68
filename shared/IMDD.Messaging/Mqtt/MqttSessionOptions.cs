using System.ComponentModel.DataAnnotations;

namespace IMDD.Messaging.Mqtt;

/// <summary>How to reach the broker, and the session's limits.</summary>
public sealed class MqttSessionOptions
{
    public const string Section = "Mqtt";

    [Required]
    public string Host { get; set; } = "127.0.0.1";

    [Range(1, 65535)]
    public int Port { get; set; } = 1883;

    /// <summary>Must be unique per broker; two agents with one id end with the second taking over.</summary>
    [Required]
    [StringLength(128, MinimumLength = 1)]
    public string ClientId { get; set; } = "";

    public string? Username { get; set; }
    public string? Password { get; set; }

    /// <summary>True: TLS 1.2 or 1.3; the server's certificate is checked against <see cref="CaFile"/>, or the system's store.</summary>
    public bool UseTls { get; set; }

    /// <summary>PEM file of the accepted authorities.</summary>
    public string? CaFile { get; set; }

    /// <summary>PEM files of the client's certificate and key; both or neither. Read again at each connection, so rotation needs no restart.</summary>
    public string? CertificateFile { get; set; }

    public string? KeyFile { get; set; }

    /// <summary>Unacknowledged frames the broker may have under way to us.</summary>
    [Range(1, 65535)]
    public int ReceiveMaximum { get; set; } = 16;

    /// <summary>True: the first connection begins a new session and drops what waits in the old one. Reconnects never do.</summary>
    public bool CleanStart { get; set; }

    /// <summary>How long the broker keeps the session: the outage budget.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan SessionExpiry { get; set; } = TimeSpan.FromHours(72);

    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Largest packet we accept; a larger one is refused to its sender by a broker with the same limit.</summary>
    [Range(1 << 16, 256 << 20)]
    public int MaximumPacketSize { get; set; } = 64 << 20;

    /// <summary>Longest wait between two attempts to connect; the first is 100 ms, doubled each time, with jitter.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan MaximumReconnectDelay { get; set; } = TimeSpan.FromSeconds(10);
}
