using System.ComponentModel.DataAnnotations;

namespace IMDD.Edge.Agent.Examples;

/// <summary>Which frames the agent offers for people to look at, and how many.</summary>
public sealed class HardExampleOptions
{
    public const string Section = "Edge:HardExamples";

    /// <summary>False: none is offered; what waits is still sent.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>A frame counts as uncertain from here on, 0 to 1: 1 where its verdict or a name may as well be another.</summary>
    [Range(0.0, 1.0)]
    public double UncertainFrom { get; set; } = 0.7;

    /// <summary>A frame counts as novel where at least this share of the pictures that the bundle was measured on is less so.</summary>
    [Range(0.0, 1.0)]
    public double NovelFrom { get; set; } = 0.99;

    /// <summary>Share of the inspected frames that is offered whatever the model says of them.</summary>
    [Range(0.0, 1.0)]
    public double RandomShare { get; set; } = 0.001;

    /// <summary>Seed of the draw by chance and of the shadow model's: a frame's lot is a function of this and the frame.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>Of all cameras and reasons together; the day's is remembered over a restart.</summary>
    public ExampleBudget Budget { get; } = new() { PerMinute = 10, PerHour = 120, PerDay = 1000 };

    /// <summary>Of all cameras together for each reason.</summary>
    public ExampleBudget ReasonBudget { get; } = new() { PerMinute = 4, PerHour = 60, PerDay = 500 };

    /// <summary>
    /// For so long a camera's frame is not offered again for the same reason when it looks the same and the same names are in it; and of frames that look the
    /// same at most three, whatever is named in them.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan AlikeWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>While more frames than this wait for a decoder, none is offered.</summary>
    [Range(0, 100_000)]
    public int MaxWaiting { get; set; } = 8;

    /// <summary>Bytes of offered pictures that may wait on this box for the blob store.</summary>
    [Range(0, 1L << 40)]
    public long SpoolMaxBytes { get; set; } = 256L << 20;

    /// <summary>A picture that could not be stored for this long is given up.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Folder of a second bundle, whose disagreement is a reason; empty: none. It decides nothing.</summary>
    public string ShadowBundle { get; set; } = "";

    /// <summary>Share of the inspected frames that the second model sees too.</summary>
    [Range(0.0, 1.0)]
    public double ShadowShare { get; set; } = 0.02;

    /// <summary>Most frames in a minute (UTC) that the second model sees.</summary>
    [Range(0, 100_000)]
    public int ShadowPerMinute { get; set; } = 20;

    /// <summary>While more frames than this wait for a decoder, the second model rests; at most <see cref="MaxWaiting"/>.</summary>
    [Range(0, 100_000)]
    public int ShadowMaxWaiting { get; set; }
}
