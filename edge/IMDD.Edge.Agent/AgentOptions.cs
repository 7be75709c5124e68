using System.ComponentModel.DataAnnotations;

namespace IMDD.Edge.Agent;

/// <summary>Who the agent is and how it takes frames in.</summary>
public sealed class AgentOptions
{
    public const string Section = "Edge:Agent";

    /// <summary>The cell it inspects, <c>enterprise/site/area/line/cell</c>.</summary>
    [Required]
    public string Asset { get; set; } = "";

    /// <summary>The box's name within the cell; part of every event's source.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>The cameras to inspect. Empty: every camera of the cell, all under <see cref="OverloadPolicy"/>.</summary>
    public IList<CameraOptions> Cameras { get; } = [];

    /// <summary>Groups of <see cref="Cameras"/> with a model and a recipe of their own; a camera in none is inspected as <c>Edge:Model</c> and <c>Edge:Recipe</c> say.</summary>
    public IList<CameraGroupOptions> Groups { get; } = [];

    /// <summary>For cameras that do not say.</summary>
    public OverloadPolicy OverloadPolicy { get; set; } = OverloadPolicy.Block;

    /// <summary>
    /// For cameras that do not say: size of the tiles that a frame is cut into, <c>512x512</c>, rounded up to the model's stride; empty: frames
    /// are inspected whole. For frames much larger than what the model was trained on.
    /// </summary>
    public string TileSize { get; set; } = "";

    /// <summary>
    /// For cameras that do not say: pixels that neighbouring tiles share, at most half of their shorter side, rounded up to the model's stride.
    /// Each answers for its half of them, so that no answer comes from nearer to a tile's edge than half of this.
    /// </summary>
    [Range(0, 8192)]
    public int TileOverlap { get; set; } = 64;

    /// <summary>Frames of one camera that may wait for a decoder.</summary>
    [Range(1, 10_000)]
    public int QueueCapacity { get; set; } = 16;

    /// <summary>Larger payloads end as <c>undecided/too-large</c>, bytes.</summary>
    [Range(1 << 10, 256 << 20)]
    public int MaxFrameBytes { get; set; } = 16 << 20;

    /// <summary>Frames with more pixels end as <c>undecided/too-large</c>.</summary>
    [Range(1 << 10, 1 << 30)]
    public long MaxFramePixels { get; set; } = 64 << 20;

    /// <summary>Frames decoded at the same time; 0: half of the processors.</summary>
    [Range(0, 256)]
    public int DecodeWorkers { get; set; }

    /// <summary>
    /// Most frames in one run of the model. On a CPU a batch saves next to nothing, every frame of it waits for all, and the runtime keeps
    /// memory for the largest one; an accelerator wants 8 or more.
    /// </summary>
    [Range(1, 64)]
    public int MaxBatch { get; set; } = 2;

    /// <summary>Longest that a decoded frame waits for others to fill its batch; it waits only while others are on their way.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan MaxBatchDelay { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>A gap in a camera's sequence that is not explained in this time ends as <c>undecided/never-arrived</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan GapTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>For cameras that do not say: without a frame for this long a camera is reported silent.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan SilentAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a receipt is worth delivering to a line or camera gateway that is away.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ReceiptExpiry { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a stop may take to finish the frames under way and to hand records to Kafka.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Not ready while the oldest outcome that Kafka has not confirmed is older than this.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan BacklogAgeLimit { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>True: the environment variable <c>IMDD_CRASH_POINT</c> may end the process at a named point. For fault tests only.</summary>
    public bool AllowFaultInjection { get; set; }
}
