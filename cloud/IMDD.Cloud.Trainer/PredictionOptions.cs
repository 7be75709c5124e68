using System.ComponentModel.DataAnnotations;

namespace IMDD.Cloud.Trainer;

/// <summary>What a candidate is shown of each line before it is registered, so that its manifest says what it will do there.</summary>
public sealed class PredictionOptions
{
    /// <summary>False: nothing is predicted, and no frame of a line is remembered for it.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Frames of a line that failed, and as many that passed, at most; the newest.</summary>
    [Range(10, 10_000)]
    public int Frames { get; set; } = 100;

    /// <summary>Frames and counts that are older say nothing.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan Within { get; set; } = TimeSpan.FromDays(1);
}
