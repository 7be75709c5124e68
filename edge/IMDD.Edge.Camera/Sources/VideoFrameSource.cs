using IMDD.Imaging;
using OpenCvSharp;

namespace IMDD.Edge.Camera.Sources;

/// <summary>The frames of a video file, encoded one by one as JPEG, from the beginning again when it ends.</summary>
internal sealed class VideoFrameSource : IFrameSource
{
    private readonly string _file;
    private readonly int _quality;
    private readonly VideoCapture _capture;
    private readonly Mat _picture = new();

    /// <exception cref="FrameSourceException">Not a video that can be decoded here.</exception>
    public VideoFrameSource(string file, int quality)
    {
        _file = file;
        _quality = quality;
        _capture = new VideoCapture(file);
        if (!_capture.IsOpened())
        {
            _capture.Dispose();
            throw new FrameSourceException($"'{file}' cannot be opened as a video: expected a file of a format that OpenCV decodes.");
        }
    }

    public SourceFrame Next()
    {
        if (!Read())
        {
            _capture.Set(VideoCaptureProperties.PosFrames, 0);
            if (!Read())
            {
                throw new FrameSourceException($"'{_file}' holds no readable frame.");
            }
        }

        using RgbImage image = new(_picture.Width, _picture.Height);
        unsafe
        {
            fixed (byte* pixels = image.Pixels)
            {
                using var rgb = Mat.FromPixelData(image.Height, image.Width, MatType.CV_8UC3, (nint)pixels);
                Cv2.CvtColor(_picture, rgb, _picture.Channels() == 1 ? ColorConversionCodes.GRAY2RGB : ColorConversionCodes.BGR2RGB);
            }
        }

        return new SourceFrame(ImageEncoder.EncodeJpeg(image, _quality), "image/jpeg", image.Width, image.Height);
    }

    public void Dispose()
    {
        _picture.Dispose();
        _capture.Dispose();
    }

    private bool Read() => _capture.Read(_picture) && !_picture.Empty();
}
