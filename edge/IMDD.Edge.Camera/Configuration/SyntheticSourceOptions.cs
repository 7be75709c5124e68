using System.ComponentModel.DataAnnotations;
using IMDD.Synthetics;

namespace IMDD.Edge.Camera.Configuration;

/// <summary>Settings of the synthetic surfaces.</summary>
public sealed class SyntheticSourceOptions
{
    /// <summary>One product per camera, in turn; empty: all textures in turn.</summary>
    public IList<SurfaceTexture> Textures { get; set; } = [];

    /// <summary>Side of the square frame, pixels.</summary>
    [Range(SurfaceOptions.MinSide, SurfaceOptions.MaxSide)]
    public int Size { get; set; } = 512;

    /// <summary>Everything follows from it.</summary>
    public ulong Seed { get; set; } = 1;

    /// <summary>Share of defective frames.</summary>
    [Range(0.0, 1.0)]
    public double DefectRate { get; set; } = 0.2;

    /// <summary>Names of the kinds to draw; empty: those that occur on the surface. Reserved kinds only by name.</summary>
    public IList<string> Kinds { get; set; } = [];

    /// <summary>Mounted parts the product has.</summary>
    [Range(0, 8)]
    public int Parts { get; set; }

    /// <summary>Harmless marks, 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Clutter { get; set; } = 0.15;

    /// <summary>Variation of light and pose, 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Variation { get; set; } = 0.4;

    /// <summary>
    /// Frames rendered per camera before the first is sent, then repeated; 0: each frame is rendered anew, about 30 ms of one core each.
    /// </summary>
    [Range(0, 10_000)]
    public int LoopFrames { get; set; } = 24;

    /// <summary>A kind that turns up on the line only after a while, whatever <see cref="Kinds"/> says; null: none.</summary>
    public string? NewKind { get; set; }

    /// <summary>Frames of each camera before the first that may show <see cref="NewKind"/>.</summary>
    [Range(0, int.MaxValue)]
    public int NewKindAfterFrames { get; set; }

    /// <summary>Share of the frames from then on that show it, and nothing else.</summary>
    [Range(0.0, 1.0)]
    public double NewKindRate { get; set; } = 0.25;
}
