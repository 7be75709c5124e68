using System.ComponentModel.DataAnnotations;
using IMDD.Relational;

namespace IMDD.Cloud.Curator;

/// <summary>What is put before people, and what their words amount to.</summary>
public sealed class CuratorOptions : IDatabaseOptions
{
    public const string Section = "Curator";

    /// <summary>Kafka consumer group of all instances that share one database.</summary>
    [Required]
    public string GroupId { get; set; } = "imdd-curator";

    /// <summary>Name of this instance, in event sources and in the lease for publishing: 1 to 31 of a-z, 0-9 and '-'. Default: made from the host's name.</summary>
    public string? InstanceName { get; set; }

    /// <summary>Folder of the SQLite database, used when there is no <see cref="ConnectionString"/>. For one instance.</summary>
    [Required]
    public string Directory { get; set; } = "data/curator";

    /// <summary>Connection string of a PostgreSQL database, in whose schema <c>curator</c> the tables are; several instances may share it.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>How long the database may be unreachable at start before the process gives up.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DatabaseStartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often labels that wait are published, at least.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan EmitPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many words make a label.</summary>
    [EnumDataType(typeof(ReviewPolicy))]
    public ReviewPolicy Policy { get; set; } = ReviewPolicy.One;

    /// <summary>Two raters mean the same defects when their masks overlap this much (intersection over union) and carry the same names.</summary>
    [Range(0.0, 1.0)]
    public double AgreementIou { get; set; } = 0.3;

    /// <summary>A frame is given to nobody else for this long; then its reader is taken to have left.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A frame that a rater passed over is not offered to them again for this long.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan SkipTime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Frames that may wait; beyond, the least informative and oldest go.</summary>
    [Range(1, 1_000_000)]
    public int Capacity { get; set; } = 10_000;

    /// <summary>A frame that nobody has judged for this long goes: its picture may be gone too.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How often the queue is put in order again; a frame that has just come is in it at once, by its own worth.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan RankPeriod { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Frames of the head of the queue that are chosen one by one, each unlike those before it; the rest comes after them.</summary>
    [Range(1, 4096)]
    public int RankedFrames { get; set; } = 256;

    /// <summary>What looks like a frame that somebody has judged within this time comes later, or is merged with it.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan RankMemory { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// A frame whose embedding is this near (cosine) to that of one of the same camera, model, verdict and names, which waits or was judged within
    /// <see cref="RankMemory"/>, is not asked about by itself. 1: never.
    /// </summary>
    [Range(0.5, 1.0)]
    public double DuplicateSimilarity { get; set; } = 0.999;

    /// <summary>
    /// Share of frames that somebody looks at without seeing what the model and others have said: of those that people judge, after the first word, by
    /// another person; of those that passed, at once. Against words that only repeat the prediction, and a measure of them. 0: none.
    /// </summary>
    [Range(0.0, 1.0)]
    public double BlindShare { get; set; } = 0.05;

    /// <summary>The draw is a function of this and the outcome's id; it is made once, when a frame comes.</summary>
    public int BlindSeed { get; set; } = 1;

    /// <summary>Names that are known before any model has used them, such as <c>scratch</c>.</summary>
    public List<string> Vocabulary { get; set; } = [];
}
