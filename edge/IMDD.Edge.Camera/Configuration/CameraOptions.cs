using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Camera.Configuration;

/// <summary>What the gateway sends, as which cameras, and how it keeps what it sent.</summary>
public sealed class CameraOptions
{
    public const string Section = "Camera";

    /// <summary>Where the cameras stand: <c>enterprise/site/area/line/cell</c>.</summary>
    [Required]
    public string Asset { get; set; } = "";

    /// <summary>Names of the cameras; empty: <c>cam1</c> to <c>cam{Count}</c>.</summary>
    public IList<string> Names { get; set; } = [];

    /// <summary>Number of cameras where no names are given.</summary>
    [Range(1, 64)]
    public int Count { get; set; } = 1;

    public FrameSourceKind Source { get; set; } = FrameSourceKind.Synthetic;

    /// <summary>Folder of images, searched with its subfolders; masks are left out. For <see cref="FrameSourceKind.Folder"/>.</summary>
    public string? Folder { get; set; }

    /// <summary>Video file. For <see cref="FrameSourceKind.Video"/>.</summary>
    public string? Video { get; set; }

    /// <summary>For <see cref="FrameSourceKind.Synthetic"/>.</summary>
    [ValidateObjectMembers]
    public SyntheticSourceOptions Synthetic { get; set; } = new();

    /// <summary>Quality of frames that the gateway encodes itself (video, synthetic).</summary>
    [Range(1, 100)]
    public int JpegQuality { get; set; } = 92;

    /// <summary>Of all cameras together.</summary>
    [Range(0.01, 10_000)]
    public double FramesPerSecond { get; set; } = 10;

    /// <summary>How many frames this run sends, of all cameras together; 0: no end.</summary>
    [Range(0, long.MaxValue)]
    public long Frames { get; set; }

    /// <summary>True: stops by itself when <see cref="Frames"/> are sent and every outcome is back; fails after <see cref="WaitTimeout"/>.</summary>
    public bool Wait { get; set; }

    /// <summary>How long after the last frame outcomes are waited for.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan WaitTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Text before the number of a part.</summary>
    [RegularExpression("[A-Za-z0-9._-]{0,24}")]
    public string PartPrefix { get; set; } = "SN";

    /// <summary>Where frames stay until their outcome returns. One gateway at a time.</summary>
    [Required]
    public string SpoolDirectory { get; set; } = "data/camera";

    /// <summary>Frames in the spool; when it is full the source is blocked, and that is counted.</summary>
    [Range(1, 1_000_000)]
    public int MaxSpoolFrames { get; set; } = 2_000;

    /// <summary>Bytes of frames in the spool, of all cameras together.</summary>
    [Range(1L << 16, 1L << 42)]
    public long MaxSpoolBytes { get; set; } = 1L << 30;

    /// <summary>A larger picture is not accepted from the source.</summary>
    [Range(1 << 10, 255 << 20)]
    public int MaxFrameBytes { get; set; } = 60 << 20;

    /// <summary>A frame is sent again when its outcome has not come back after this; then after twice as long, and so on.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "01:00:00")]
    public TimeSpan ResendAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait between two attempts.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "1.00:00:00")]
    public TimeSpan MaxResendDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The line's use of a frame ends this long after its capture; from then on it is sent as historical, for the statistics.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Fresh frames per camera that are kept in memory as well until they are sent.</summary>
    [Range(1, 1024)]
    public int MemoryWindow { get; set; } = 4;

    /// <summary>
    /// Append-only log of what was accepted for delivery, JSON lines, durable before the first publication: one end of the conservation law.
    /// Null: <c>delivered.jsonl</c> in the spool.
    /// </summary>
    public string? LogFile { get; set; }

    /// <summary>Ground truth of synthetic frames, JSON lines; null: none.</summary>
    public string? TruthFile { get; set; }

    /// <summary>The cameras' names.</summary>
    internal IReadOnlyList<string> CameraNames => Names.Count > 0 ? [.. Names] : [.. Enumerable.Range(1, Count).Select(i => $"cam{i}")];
}
