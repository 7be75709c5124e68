using System.ComponentModel.DataAnnotations;

namespace IMDD.Cloud.Aggregator.Drift;

/// <summary>When a camera's frames are no longer what they were.</summary>
public sealed class DriftOptions
{
    /// <summary>A camera's reference is the first this many frames that a model sees of it …</summary>
    [Range(10, 10_000_000)]
    public int ReferenceFrames { get; set; } = 2000;

    /// <summary>… and at least so many windows: one would hold nothing of what changes from window to window.</summary>
    [Range(1, 1000)]
    public int ReferenceWindows { get; set; } = 4;

    /// <summary>A window of fewer frames is not compared, and no part of a reference.</summary>
    [Range(1, 1_000_000)]
    public int MinFrames { get; set; } = 50;

    /// <summary>Population stability index from which a statistic is worth a look.</summary>
    [Range(0.001, 10.0)]
    public double WatchLevel { get; set; } = 0.1;

    /// <summary>Population stability index from which it counts as drifted; above <see cref="WatchLevel"/>.</summary>
    [Range(0.001, 10.0)]
    public double DriftLevel { get; set; } = 0.25;

    /// <summary>Squared maximum mean discrepancy from which the embeddings count as drifted; of 2 at most.</summary>
    [Range(0.001, 2.0)]
    public double EmbeddingLevel { get; set; } = 0.05;

    /// <summary>Share of false discoveries among the statistics of a window (Benjamini-Hochberg).</summary>
    [Range(0.0001, 0.5)]
    public double FalseDiscoveries { get; set; } = 0.01;

    /// <summary>Permutations of the test on embeddings; its p-value cannot be below one over one more than this.</summary>
    [Range(99, 100_000)]
    public int Permutations { get; set; } = 999;

    /// <summary>Seed of the permutations; a window's are a function of this and the window.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>An alarm is raised when this many of the last <see cref="OfWindows"/> windows signal …</summary>
    [Range(1, 100)]
    public int Signals { get; set; } = 3;

    /// <summary>… and at most this many windows are looked back.</summary>
    [Range(1, 100)]
    public int OfWindows { get; set; } = 4;

    /// <summary>It is cleared after so many windows in a row below <see cref="WatchLevel"/> (embeddings: without a signal).</summary>
    [Range(1, 100)]
    public int ClearAfter { get; set; } = 3;

    /// <summary>Compared windows are kept for so long; older ones that come late are left out.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);
}
