using System.Runtime.InteropServices;

namespace IMDD.Inference;

/// <summary>Size of a padded frame and of what the network makes of it.</summary>
/// <param name="Width">Pixels, a multiple of the stride.</param>
/// <param name="Height">Pixels, a multiple of the stride.</param>
/// <param name="OutputStride">Pixels per element of a plane, each way.</param>
/// <param name="EmbeddingLength">Elements of an embedding.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SegmenterShape(int Width, int Height, int OutputStride, int EmbeddingLength)
{
    public int PlaneWidth => Width / OutputStride;

    public int PlaneHeight => Height / OutputStride;

    public int PlaneLength => checked(PlaneWidth * PlaneHeight);
}
