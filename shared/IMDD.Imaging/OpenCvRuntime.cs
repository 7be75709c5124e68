using OpenCvSharp;

namespace IMDD.Imaging;

/// <summary>Settings of the native library, once per process.</summary>
internal static class OpenCvRuntime
{
    private static readonly Lazy<bool> Initialized = new(() =>
    {
        // Frames are what runs in parallel here. OpenCV's own workers would wait actively between two frames.
        Cv2.SetNumThreads(1);

        // A damaged image is reported by an exception; the library's line on standard error would be a second, unstructured one.
        Cv2.SetLogLevel(LogLevel.SILENT);
        return true;
    });

    public static void Initialize() => _ = Initialized.Value;
}
