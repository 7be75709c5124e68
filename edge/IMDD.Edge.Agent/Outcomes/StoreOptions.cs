using System.ComponentModel.DataAnnotations;

namespace IMDD.Edge.Agent.Outcomes;

/// <summary>The outcome store: where it is, how large it may get, how long it remembers.</summary>
public sealed class StoreOptions
{
    public const string Section = "Edge:Store";

    /// <summary>Folder of the store and of everything else the agent keeps; on a local disk, used by one agent only.</summary>
    [Required]
    public string Directory { get; set; } = "data/edge-agent";

    /// <summary>Size at which <see cref="WhenFull"/> applies, bytes; about 2.5 KB per outcome that Kafka has not confirmed.</summary>
    [Range(1L << 20, 1L << 40)]
    public long MaxBytes { get; set; } = 8L << 30;

    public StoreFullPolicy WhenFull { get; set; } = StoreFullPolicy.RejectNewFrames;

    /// <summary>How long an outcome's id is known, so that a frame delivered again is not inspected again: at least the outage budget.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "90.00:00:00")]
    public TimeSpan RememberIds { get; set; } = TimeSpan.FromHours(72);

    /// <summary>How long records stay after Kafka has confirmed them; they are the first to go when room is needed.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan KeepConfirmed { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Most outcomes under one sync to disk.</summary>
    [Range(1, 1024)]
    public int GroupCommit { get; set; } = 64;
}
