using IMDD.Imaging;

namespace IMDD.Edge.Camera.Sources;

/// <summary>Every n-th picture of a folder, from the beginning again when it ends. The bytes are sent as they are, damaged ones too.</summary>
/// <param name="files">All pictures.</param>
/// <param name="first">Index of this camera's first picture.</param>
/// <param name="step">Number of cameras that share the folder.</param>
/// <param name="maxBytes">Larger files are refused.</param>
internal sealed class FolderFrameSource(IReadOnlyList<string> files, int first, int step, int maxBytes) : IFrameSource
{
    private long _next = first;

    public SourceFrame Next()
    {
        var file = files[(int)(_next % files.Count)];
        _next += step;
        byte[] bytes;
        try
        {
            var length = new FileInfo(file).Length;
            if (length > maxBytes)
            {
                throw new FrameSourceException($"'{file}' has {length} bytes: expected at most {maxBytes} (Camera:MaxFrameBytes).");
            }

            bytes = File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FrameSourceException($"'{file}' cannot be read: {e.Message}", e);
        }

        return ImageHeader.TryRead(bytes, out var header)
            ? new SourceFrame(bytes, MediaType(header.Format), header.Width, header.Height)
            : new SourceFrame(bytes, MediaTypeByName(file), null, null);
    }

    public void Dispose()
    {
        // Nothing is held between two pictures.
    }

    private static string MediaType(ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => "image/jpeg",
        ImageFormat.Png => "image/png",
        ImageFormat.Bmp => "image/bmp",
        _ => "image/tiff",
    };

    // Of a damaged file the name is all there is.
    private static string MediaTypeByName(string file) => Path.GetExtension(file).ToUpperInvariant() switch
    {
        ".JPG" or ".JPEG" => "image/jpeg",
        ".PNG" => "image/png",
        ".BMP" => "image/bmp",
        _ => "image/tiff",
    };
}
