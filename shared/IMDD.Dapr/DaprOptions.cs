using System.ComponentModel.DataAnnotations;

namespace IMDD.Dapr;

/// <summary>Whether a service works beside a Dapr sidecar, and which of its components it uses.</summary>
public sealed class DaprOptions
{
    public const string Section = "Dapr";

    private const string NamePattern = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";

    /// <summary>False: no sidecar is needed, and what it would do is done in the process.</summary>
    public bool Enabled { get; set; }

    /// <summary>The sidecar's HTTP API. Default: <c>DAPR_HTTP_ENDPOINT</c>, or <c>DAPR_HTTP_PORT</c> (3500) on the loopback address.</summary>
    public Uri? HttpEndpoint { get; set; }

    /// <summary>The sidecar's gRPC API. Default: <c>DAPR_GRPC_ENDPOINT</c>, or <c>DAPR_GRPC_PORT</c> (50001) on the loopback address.</summary>
    public Uri? GrpcEndpoint { get; set; }

    /// <summary>Name of the state store component.</summary>
    [Required]
    [RegularExpression(NamePattern)]
    public string StateStore { get; set; } = "imdd-state";

    /// <summary>Name of the lock store component.</summary>
    [Required]
    [RegularExpression(NamePattern)]
    public string LockStore { get; set; } = "imdd-lock";

    /// <summary>Name of the pub/sub component that carries notices.</summary>
    [Required]
    [RegularExpression(NamePattern)]
    public string PubSub { get; set; } = "imdd-notices";

    /// <summary>Name of the secret store component.</summary>
    [Required]
    [RegularExpression(NamePattern)]
    public string SecretStore { get; set; } = "imdd-secrets";

    /// <summary>How long the sidecar may take to answer one call of its own API; calls of other services through it have their own limits.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the sidecar is waited for at start where a secret has to come from it.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
