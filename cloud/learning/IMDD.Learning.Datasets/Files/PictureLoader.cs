using System.Buffers;
using IMDD.Imaging;

namespace IMDD.Learning.Datasets.Files;

/// <summary>Reads a picture file and brings it to one size, as training and evaluation take it. Thread-safe; the file's bytes live in pooled memory.</summary>
public sealed class PictureLoader(IImageDecoder decoder, DecodeLimits limits)
{
    /// <summary>The picture at <paramref name="width"/> × <paramref name="height"/> pixels: averaged when it shrinks, interpolated when it grows.</summary>
    /// <exception cref="ImageRejectedException">Not decodable within the limits.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public RgbImage Load(string path, int width, int height)
    {
        var image = Load(path);
        if (image.Width == width && image.Height == height)
        {
            return image;
        }

        using (image)
        {
            return ImageResizer.Resize(image, width, height);
        }
    }

    /// <summary>The picture at its own size.</summary>
    /// <exception cref="ImageRejectedException">Not decodable within the limits.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public RgbImage Load(string path)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var length = RandomAccess.GetLength(file);
        if (length > limits.MaxBytes)
        {
            throw new ImageRejectedException(ImageRejection.TooLarge, $"Image has {length} bytes; at most {limits.MaxBytes} are decoded.");
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            var read = 0;
            int more;
            while (read < length && (more = RandomAccess.Read(file, buffer.AsSpan(read, (int)length - read), read)) > 0)
            {
                read += more;
            }

            return decoder.Decode(buffer.AsSpan(0, read), limits);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
