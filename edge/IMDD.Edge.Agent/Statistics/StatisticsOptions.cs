using System.ComponentModel.DataAnnotations;
using IMDD.Contracts.Events;

namespace IMDD.Edge.Agent.Statistics;

/// <summary>What the agent tells of its cameras' frames as a whole, for watching drift.</summary>
public sealed class StatisticsOptions
{
    public const string Section = "Edge:Statistics";

    /// <summary>False: nothing is measured.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>A window is sent when it is this long and has <see cref="MinFrames"/> …</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>… and not before: of a few frames nothing can be said.</summary>
    [Range(1, 1_000_000)]
    public int MinFrames { get; set; } = 100;

    /// <summary>A window is sent with this many frames, however short it is.</summary>
    [Range(1, 10_000_000)]
    public int MaxFrames { get; set; } = 3000;

    /// <summary>Embeddings drawn from a window's frames; fewer where they are long.</summary>
    [Range(0, StatisticsSketch.MaxEmbeddings)]
    public int Embeddings { get; set; } = 32;

    /// <summary>Seed of that draw.</summary>
    public int Seed { get; set; } = 1;
}
