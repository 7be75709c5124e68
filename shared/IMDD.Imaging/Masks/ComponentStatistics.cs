using System.Runtime.InteropServices;

namespace IMDD.Imaging.Masks;

/// <summary>Bounding box and size of a connected component.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ComponentStatistics(int X, int Y, int Width, int Height, int Area);
