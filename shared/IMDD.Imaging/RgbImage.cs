using System.Buffers;

namespace IMDD.Imaging;

/// <summary>8-bit RGB pixels, row-major, tightly packed (<c>height × width × 3</c>), in pooled memory that is given back on dispose.</summary>
public sealed class RgbImage : IDisposable
{
    private byte[]? _buffer;

    /// <summary>Rents an image; its pixels are not cleared.</summary>
    public RgbImage(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        Width = width;
        Height = height;
        _buffer = ArrayPool<byte>.Shared.Rent(checked(width * height * 3));
    }

    public int Width { get; }
    public int Height { get; }

    /// <summary>The pixels, <c>height × width × 3</c> bytes.</summary>
    public Span<byte> Pixels => Memory.Span;

    /// <summary>The pixels, <c>height × width × 3</c> bytes.</summary>
    public Memory<byte> Memory => (_buffer ?? throw new ObjectDisposedException(nameof(RgbImage))).AsMemory(0, Width * Height * 3);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
