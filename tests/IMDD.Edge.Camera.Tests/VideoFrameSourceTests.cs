using IMDD.Edge.Camera.Sources;
using IMDD.Imaging;
using IMDD.Testing;
using OpenCvSharp;

namespace IMDD.Edge.Camera.Tests;

public sealed class VideoFrameSourceTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Next_ShortVideo_GivesItsFramesAndBeginsAgain()
    {
        var file = _directory.File("clip.avi");
        using (VideoWriter writer = new(file, FourCC.MJPG, 10, new Size(64, 48)))
        {
            writer.IsOpened().ShouldBeTrue();
            foreach (var level in new[] { 40, 120, 200 })
            {
                using Mat picture = new(48, 64, MatType.CV_8UC3, new Scalar(level, level, level));
                writer.Write(picture);
            }
        }

        using VideoFrameSource source = new(file, quality: 95);

        Enumerable.Range(0, 5).Select(_ => Level(source.Next())).ShouldBe([40, 120, 200, 40, 120]);
    }

    [Fact]
    public void Constructor_NotAVideo_NamesTheFile()
    {
        File.WriteAllText(_directory.File("x.mp4"), "no video");

        Should.Throw<FrameSourceException>(() => new VideoFrameSource(_directory.File("x.mp4"), 90)).Message.ShouldContain("x.mp4' cannot be opened");
    }

    // To the nearest ten: the codec and the encoder each lose a little.
    private static int Level(SourceFrame frame)
    {
        (frame.ContentType, frame.Width, frame.Height).ShouldBe(("image/jpeg", 64, 48));
        using var image = new OpenCvImageDecoder().Decode(frame.Image.Span, new DecodeLimits());
        return (image.Pixels[image.Pixels.Length / 2] + 5) / 10 * 10;
    }
}
