using System.Runtime.InteropServices;

namespace IMDD.Imaging.Masks;

/// <summary>Where a grid of cells stands in a frame: cell (x, y) covers <c>Scale × Scale</c> pixels from <c>((X + x) · Scale, (Y + y) · Scale)</c>.</summary>
/// <param name="Width">Cells.</param>
/// <param name="Height">Cells.</param>
/// <param name="X">Cells left of the grid.</param>
/// <param name="Y">Cells above the grid.</param>
/// <param name="Scale">Pixels per cell, each way.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MaskPlacement(int Width, int Height, int X, int Y, int Scale)
{
    /// <summary>First pixel column of a cell column and the one after its last, cut at the frame's edge.</summary>
    public (int Start, int End) Columns(int cell, int frameWidth)
        => (Math.Min((X + cell) * Scale, frameWidth), Math.Min((X + cell + 1) * Scale, frameWidth));

    /// <summary>First pixel row of a cell row and the one after its last, cut at the frame's edge.</summary>
    public (int Start, int End) Rows(int cell, int frameHeight)
        => (Math.Min((Y + cell) * Scale, frameHeight), Math.Min((Y + cell + 1) * Scale, frameHeight));
}
