using IMDD.Imaging;

namespace IMDD.Learning.Datasets.Files;

/// <summary>Reads a picture's size from its header.</summary>
public static class ImageSizes
{
    private const int HeaderBytes = 1 << 20;

    /// <exception cref="AnnotationException">The file is not a picture that can be decoded.</exception>
    public static (int Width, int Height) Read(DatasetFolder folder, string relative) => Read(folder.Absolute(relative));

    /// <exception cref="AnnotationException">The file is not a picture that can be decoded.</exception>
    public static (int Width, int Height) Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var bytes = new byte[Math.Min(stream.Length, HeaderBytes)];
            stream.ReadExactly(bytes);
            var header = ImageHeader.Read(bytes);
            return (header.Width, header.Height);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ImageRejectedException)
        {
            throw new AnnotationException($"Its size cannot be read: {e.Message}", e);
        }
    }
}
