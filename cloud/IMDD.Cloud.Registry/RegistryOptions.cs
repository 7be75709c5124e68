using System.ComponentModel.DataAnnotations;
using IMDD.Relational;

namespace IMDD.Cloud.Registry;

/// <summary>Where releases are kept and how they are signed.</summary>
public sealed class RegistryOptions : IDatabaseOptions
{
    public const string Section = "Registry";

    /// <summary>Name of this instance, in event sources and in the lease for publishing: 1 to 31 of a-z, 0-9 and '-'.</summary>
    [Required]
    public string InstanceName { get; set; } = "main";

    /// <summary>Folder of the SQLite database, used when there is no <see cref="ConnectionString"/>, and of the signing key where none is named.</summary>
    [Required]
    public string Directory { get; set; } = "data/registry";

    /// <summary>Connection string of a PostgreSQL database, in whose schema <c>registry</c> the tables are.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// Private key that signs releases, ECDSA P-256 in PEM. Empty: <c>release.key</c> in <see cref="Directory"/>, made at the first start; its public
    /// half, beside it with <c>.pub</c>, is what agents are to trust.
    /// </summary>
    public string SigningKeyFile { get; set; } = "";

    /// <summary>How long the database may be unreachable at start before the process gives up.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DatabaseStartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a release may still be activated; null: for ever.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "36500.00:00:00")]
    public TimeSpan? ReleaseLifetime { get; set; }

    /// <summary>Largest file of a bundle, bytes.</summary>
    [Range(1L << 10, 2_000_000_000L)]
    public long MaxFileBytes { get; set; } = 512L << 20;

    /// <summary>Largest bundle, bytes.</summary>
    [Range(1L << 10, 1L << 40)]
    public long MaxBundleBytes { get; set; } = 2L << 30;

    /// <summary>True: a release is registered only after it has loaded here and seen in its probe pictures what its maker saw.</summary>
    public bool RunProbes { get; set; } = true;

    /// <summary>How often what is left to say to agents and to Kafka, and what rollouts have left to do, is looked for.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan PublishPeriod { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    TimeSpan IDatabaseOptions.EmitPeriod => PublishPeriod;
}
