using System.Runtime.InteropServices;

namespace IMDD.Imaging.Overlays;

/// <summary>8-bit RGB.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct OverlayColor(byte Red, byte Green, byte Blue);
