using System.ComponentModel.DataAnnotations;

namespace IMDD.Cloud.Dashboard;

/// <summary>Where the page takes its figures from and how much it keeps in memory.</summary>
public sealed class DashboardOptions
{
    public const string Section = "Dashboard";

    /// <summary>The aggregator's address: every count on the page comes from there.</summary>
    [Required]
    public Uri AggregatorUrl { get; set; } = new("http://127.0.0.1:5083");

    /// <summary>The curator's address: the review page takes its frames from there and brings verdicts back.</summary>
    [Required]
    public Uri CuratorUrl { get; set; } = new("http://127.0.0.1:5085");

    /// <summary>Address of whoever watches the learning loop, such as <c>imdd demo --learn</c>; null: no page about it.</summary>
    public Uri? LearningUrl { get; set; }

    /// <summary>How often the counts are read.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The counts are shown as stale when the last good read is older than this.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:10:00")]
    public TimeSpan StaleAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Failed frames kept in memory, the newest; the page shows the first of them.</summary>
    [Range(1, 200)]
    public int FailedFrames { get; set; } = 60;

    /// <summary>How long aggregator and curator may take to answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "00:01:00")]
    public TimeSpan AggregatorTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest picture that is served, bytes.</summary>
    [Range(1 << 10, 256 << 20)]
    public int MaxPictureBytes { get; set; } = 16 << 20;

    /// <summary>IANA name of the zone in which times are shown, such as <c>Europe/Berlin</c>; the machine's own by default.</summary>
    public string? TimeZone { get; set; }
}
