using IMDD.Contracts.Events;
using IMDD.Synthetics.Looks;

namespace IMDD.Synthetics;

/// <summary>One defect of a frame with its exact mask.</summary>
public sealed record SyntheticDefect
{
    /// <summary>What it is; null for one that is only a look.</summary>
    public required DefectKind? Kind { get; init; }

    /// <summary>What it looks like, where it is nothing else; null for a kind.</summary>
    public required DefectLook? Look { get; init; }

    /// <summary>The class: the kind's id, or the look in words.</summary>
    public string Name => Look?.Name ?? Kind!.Value.Name();

    /// <summary>How bad it is.</summary>
    public required Severity Severity { get; init; }

    /// <summary>Left edge of the box around the mask, pixels.</summary>
    public required int X { get; init; }

    /// <summary>Upper edge, pixels.</summary>
    public required int Y { get; init; }

    /// <summary>Width of the box, pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height of the box, pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Pixels of the mask that are set.</summary>
    public required int AreaPx { get; init; }

    /// <summary>The mask within the box, row-major, <c>Height × Width</c> bytes: 255 defective, 0 not.</summary>
    public required byte[] Mask { get; init; }
}
