using System.ComponentModel.DataAnnotations;

namespace IMDD.Edge.Agent;

/// <summary>What is said of one camera; what is left out is taken from <see cref="AgentOptions"/>.</summary>
public sealed class CameraOptions
{
    /// <summary>The camera's name within the cell.</summary>
    [Required]
    public string Name { get; set; } = "";

    public OverloadPolicy? OverloadPolicy { get; set; }

    /// <summary>Without a frame for this long the camera is reported silent.</summary>
    public TimeSpan? SilentAfter { get; set; }

    /// <summary>
    /// File with a known-good picture of what this camera sees, pixel for pixel: of the frames' size, aligned with them. Needed by a model that
    /// compares with one; without it, or for a frame of another size, the outcome is <c>undecided/no-reference</c>.
    /// </summary>
    public string? Reference { get; set; }

    /// <summary>Size of the tiles that its frames are cut into, <c>512x512</c>; empty: they are inspected whole.</summary>
    public string? TileSize { get; set; }

    /// <summary>Pixels that neighbouring tiles share, at most half of their shorter side.</summary>
    public int? TileOverlap { get; set; }
}
