using System.ComponentModel.DataAnnotations;

namespace IMDD.Cloud.Aggregator;

/// <summary>When a line needs a person.</summary>
public sealed class AlarmOptions
{
    /// <summary>How often alarms are evaluated.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A minute is judged this long after its end; a later correction judges it again.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Windows of a p-chart's baseline: this many at most, the latest before the last eight.</summary>
    [Range(2, 1000)]
    public int BaselineWindows { get; set; } = 120;

    /// <summary>A p-chart has limits from this many baseline windows on.</summary>
    [Range(2, 1000)]
    public int MinBaselineWindows { get; set; } = 20;

    /// <summary>Windows with fewer inspected frames are drawn and not judged.</summary>
    [Range(1, 1_000_000)]
    public int MinInspected { get; set; } = 20;

    /// <summary>Span over which yield and undecided rate are judged.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan RateSpan { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Undecided over total, 0 to 1, above which the line is no longer inspected as it should be.</summary>
    [Range(0.0, 1.0)]
    public double MaxUndecidedRate { get; set; } = 0.05;

    /// <summary>Passed over inspected, 0 to 1, that a line is expected to reach; null: no target.</summary>
    [Range(0.0, 1.0)]
    public double? YieldTarget { get; set; }

    /// <summary>Targets of single lines, by <c>enterprise/site/area/line</c>.</summary>
    public Dictionary<string, double> YieldTargets { get; set; } = new(StringComparer.Ordinal);

    /// <summary>A camera without an outcome for this long, while its line runs, is silent.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan SilentAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Frames whose receipt the camera has must be on Kafka within this time.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan ConservationGrace { get; set; } = TimeSpan.FromMinutes(5);
}
