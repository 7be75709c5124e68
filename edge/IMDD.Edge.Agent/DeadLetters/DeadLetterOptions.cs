using System.ComponentModel.DataAnnotations;

namespace IMDD.Edge.Agent.DeadLetters;

/// <summary>The folder of frames that could not be used.</summary>
public sealed class DeadLetterOptions
{
    public const string Section = "Edge:DeadLetters";

    /// <summary>Where; empty: <c>dead-letters</c> in the store's folder.</summary>
    public string Directory { get; set; } = "";

    /// <summary>Size above which the oldest go, bytes.</summary>
    [Range(1L << 16, 1L << 40)]
    public long MaxBytes { get; set; } = 512L << 20;

    /// <summary>Age above which they go.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(14);
}
