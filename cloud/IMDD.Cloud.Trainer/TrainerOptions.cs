using System.ComponentModel.DataAnnotations;
using IMDD.Relational;

namespace IMDD.Cloud.Trainer;

/// <summary>When, from what and with which conditions models are trained.</summary>
public sealed class TrainerOptions : IDatabaseOptions
{
    public const string Section = "Trainer";

    /// <summary>Kafka consumer group of all instances that share one database.</summary>
    [Required]
    public string GroupId { get; set; } = "imdd-trainer";

    /// <summary>Name of this instance, in runs and leases: 1 to 31 of a-z, 0-9 and '-'. Default: made from the host's name.</summary>
    public string? InstanceName { get; set; }

    /// <summary>Folder of the SQLite database, used when there is no <see cref="ConnectionString"/>, and of <see cref="WorkDirectory"/> where that is not named.</summary>
    [Required]
    public string Directory { get; set; } = "data/trainer";

    /// <summary>Connection string of a PostgreSQL database, in whose schema <c>trainer</c> the tables are; several instances may share it.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>How long the database may be unreachable at start before the process gives up.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DatabaseStartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often what waits to be published is looked for, at least.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan EmitPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Snapshots, checkpoints and champions; instances that are to go on with each other's runs share it. Default: <c>work</c> in <see cref="Directory"/>.</summary>
    public string? WorkDirectory { get; set; }

    /// <summary>The model registry.</summary>
    [Required]
    public Uri RegistryUrl { get; set; } = new("http://127.0.0.1:5084");

    /// <summary>Name of the model that is trained.</summary>
    [Required]
    [RegularExpression("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")]
    public string Model { get; set; } = "edge-nano";

    /// <summary>The program that trains, <c>IMDD.Learning.Trainer</c>, .dll or executable. Default: the one beside this program.</summary>
    public string? Program { get; set; }

    /// <summary>A run starts on this many agreed labels since the last snapshot; 0: never.</summary>
    [Range(0, 1_000_000)]
    public int NewLabels { get; set; } = 100;

    /// <summary>A run starts on this many of one class that the champion does not know; 0: never.</summary>
    [Range(0, 1_000_000)]
    public int NewClassLabels { get; set; }

    /// <summary>True: a run starts where an alarm of drift has been raised since the last one was asked for, and stands, once there are <see cref="DriftLabels"/> to learn from.</summary>
    public bool OnDrift { get; set; }

    /// <summary>Agreed labels since the last snapshot that a run because of drift waits for: what has changed is learned from them alone.</summary>
    [Range(1, 1_000_000)]
    public int DriftLabels { get; set; } = 20;

    /// <summary>A cron expression of five or six fields, such as <c>0 2 * * 6</c>; empty: no schedule.</summary>
    public string? Schedule { get; set; }

    /// <summary>Time zone of the schedule.</summary>
    [Required]
    public string TimeZone { get; set; } = "UTC";

    /// <summary>After a run nothing but a person starts another for this long.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan MinimumPause { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often triggers, cancellations and the lease are looked at.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan PollPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>An instance that has not renewed its lease for this long has lost its run to another.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a child that is asked to stop may take for its last step and checkpoint.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan StopTime { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often a child that was killed, or a registry that is away, is tried in one state of a run.</summary>
    [Range(1, 100)]
    public int Attempts { get; set; } = 5;

    /// <summary>Runs whose snapshot, checkpoints and model stay on disk; of older ones the blob store and the registry keep what matters.</summary>
    [Range(1, 200)]
    public int KeptRuns { get; set; } = 20;

    /// <summary>Largest picture that is taken into a snapshot, bytes.</summary>
    [Range(1L << 10, 1L << 30)]
    public long MaxPictureBytes { get; set; } = 64L << 20;

    /// <summary>
    /// Largest part of a snapshot's weight that rests on one person's words; above, their frames are drawn less often. It holds as soon as all others
    /// together have labelled 20 frames of the snapshot: a plant with one rater is as it was. 1: never.
    /// </summary>
    [Range(0.1, 1.0)]
    public double MaxRaterShare { get; set; } = 0.8;

    public GateSetOptions Gate { get; set; } = new();

    public FineTuningOptions Training { get; set; } = new();

    public PredictionOptions Predict { get; set; } = new();

    /// <summary>
    /// True: a release says what its cameras' frames look like, by what agents count, and drift is measured from that; false: from what each camera shows first
    /// after the release, unless the run's own data say it (<c>--drift-reference</c> in <see cref="FineTuningOptions.Arguments"/>).
    /// </summary>
    public bool DriftReference { get; set; } = true;

    /// <summary>What becomes of a release that has met its gates.</summary>
    [EnumDataType(typeof(PromotionTarget))]
    public PromotionTarget Promote { get; set; } = PromotionTarget.None;

    /// <summary>Agents that try a challenger, <c>enterprise/site/area/line/cell/agent</c>, or <c>…/agent:group</c> for a named group of its cameras.</summary>
    public List<string> ChallengerAgents { get; set; } = [];

    /// <summary>Where snapshots and checkpoints are.</summary>
    internal string Work => Path.GetFullPath(WorkDirectory ?? Path.Combine(Directory, "work"));
}
