using System.ComponentModel.DataAnnotations;
using IMDD.Cloud.Aggregator.Drift;
using IMDD.Relational;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Aggregator;

/// <summary>How outcomes are counted.</summary>
public sealed class AggregatorOptions : IDatabaseOptions
{
    public const string Section = "Aggregator";

    /// <summary>Kafka consumer group of all instances that share one database; <c>-states</c> is added for what is not an outcome.</summary>
    [Required]
    public string GroupId { get; set; } = "imdd-aggregator";

    /// <summary>
    /// Name of this instance, in event sources and in the lease for publishing: 1 to 31 of a-z, 0-9 and '-'. Stable over restarts, different
    /// between instances that share a database. Default: made from the host's name.
    /// </summary>
    public string? InstanceName { get; set; }

    /// <summary>
    /// Folder of the SQLite database, used when there is no <see cref="ConnectionString"/>. For one instance: others on the same machine may
    /// share it, but all wait for one that is paused inside of a transaction.
    /// </summary>
    [Required]
    public string Directory { get; set; } = "data/aggregator";

    /// <summary>Connection string of a PostgreSQL database; several instances may share it.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>How long the database may be unreachable at start before the process gives up.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DatabaseStartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A transaction takes up to this many records …</summary>
    [Range(1, 5000)]
    public int BatchRecords { get; set; } = 500;

    /// <summary>… or as many bytes of them …</summary>
    [Range(1 << 20, 256 << 20)]
    public int BatchBytes { get; set; } = 16 << 20;

    /// <summary>… or what came within this time.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan BatchTime { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>A window closes this long after its end; what comes later is a correction.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Lateness { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// A window that still changes does not close, and after a rebalance none closes, until it has been quiet this long: an instance that
    /// catches up would otherwise close windows it is about to fill.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Quiet { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often changed windows are written to Kafka.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan EmitPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long event ids are kept, measured on the event time of each camera: at least the outage an edge box is to survive. What is older
    /// than its camera's latest event by more than this cannot be told from a duplicate and is dead-lettered.
    /// </summary>
    [Range(typeof(TimeSpan), "3.00:00:00", "365.00:00:00")]
    public TimeSpan IdRetention { get; set; } = TimeSpan.FromHours(96);

    /// <summary>An event further ahead of this machine's clock is dead-lettered: it would open windows that never close.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan MaxFuture { get; set; } = TimeSpan.FromHours(1);

    [Range(typeof(TimeSpan), "4.00:00:00", "3650.00:00:00")]
    public TimeSpan MinuteRetention { get; set; } = TimeSpan.FromDays(14);

    [Range(typeof(TimeSpan), "4.00:00:00", "36500.00:00:00")]
    public TimeSpan HourRetention { get; set; } = TimeSpan.FromDays(730);

    /// <summary>Failed frames kept for the page, per line.</summary>
    [Range(1, 10_000)]
    public int FailedFramesPerLine { get; set; } = 500;

    public AlarmOptions Alarms { get; set; } = new();

    [ValidateObjectMembers]
    public DriftOptions Drift { get; set; } = new();
}
