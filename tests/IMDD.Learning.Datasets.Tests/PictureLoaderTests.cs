using IMDD.Imaging;
using IMDD.Learning.Datasets.Files;

namespace IMDD.Learning.Datasets.Tests;

public sealed class PictureLoaderTests : IDisposable
{
    private readonly FixtureFolder _folder = new FixtureFolder().Image("good/a.png", 96, 64, seed: 1);

    [Fact]
    public void Load_AnotherSize_IsTheDecodedPictureResized()
    {
        using var loaded = new PictureLoader(new OpenCvImageDecoder(), new DecodeLimits()).Load(Path.Combine(_folder.Root, "good/a.png"), 48, 32);
        using var decoded = new OpenCvImageDecoder().Decode(File.ReadAllBytes(Path.Combine(_folder.Root, "good/a.png")), new DecodeLimits());
        using var expected = ImageResizer.Resize(decoded, 48, 32);

        (loaded.Width, loaded.Height).ShouldBe((48, 32));
        loaded.Pixels.SequenceEqual(expected.Pixels).ShouldBeTrue();
    }

    [Fact]
    public void Load_LargerThanTheLimit_IsRefusedUnread()
        => Should.Throw<ImageRejectedException>(() => new PictureLoader(new OpenCvImageDecoder(), new DecodeLimits(MaxBytes: 100)).Load(Path.Combine(_folder.Root, "good/a.png")))
            .Message.ShouldContain("at most 100");

    [Fact]
    public void Load_EmptyFile_IsRefused()
    {
        _folder.Text("good/empty.png", "");

        Should.Throw<ImageRejectedException>(() => new PictureLoader(new OpenCvImageDecoder(), new DecodeLimits()).Load(Path.Combine(_folder.Root, "good/empty.png")));
    }

    public void Dispose() => _folder.Dispose();
}
