using IMDD.Contracts.Identity;
using IMDD.Imaging;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>A known-good picture of what a camera sees.</summary>
internal sealed class ReferencePicture : IDisposable
{
    private ReferencePicture(RgbImage image, string digest) => (Image, Digest) = (image, digest);

    public RgbImage Image { get; }

    /// <summary>Digest of the file.</summary>
    public string Digest { get; }

    /// <summary>Reads one within the limits of a frame.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">Bounds.</param>
    /// <param name="decoder">The frames' decoder, so that both are seen alike.</param>
    /// <param name="window">Range that becomes 8 bits, or null.</param>
    /// <exception cref="ImageRejectedException">No picture within the limits.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be read.</exception>
    public static ReferencePicture Read(string path, DecodeLimits limits, IImageDecoder decoder, (int Low, int High)? window)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (file.Length > limits.MaxBytes)
        {
            throw new ImageRejectedException(ImageRejection.TooLarge, $"It has {file.Length} bytes; at most {limits.MaxBytes} are decoded.");
        }

        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return new ReferencePicture(decoder.Decode(bytes, limits, window), ContentDigest.Of(bytes));
    }

    /// <inheritdoc/>
    public void Dispose() => Image.Dispose();
}
