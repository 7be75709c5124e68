using IMDD.Edge.Camera.Sources;
using IMDD.Testing;

namespace IMDD.Edge.Camera.Tests;

public sealed class FolderFrameSourceTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Next_SharedByTwoCameras_TheyTakeTurnsAndBeginAgain()
    {
        var files = Enumerable.Range(0, 5).Select(i => Write($"{i}.png", Pictures.Png(8, 6, (byte)i))).ToList();
        FolderFrameSource first = new(files, 0, 2, 1 << 20), second = new(files, 1, 2, 1 << 20);

        Indexes(first, files, 5).ShouldBe([0, 2, 4, 1, 3]);
        Indexes(second, files, 5).ShouldBe([1, 3, 0, 2, 4]);
    }

    [Fact]
    public void Next_PngNamedJpg_IsDeclaredAsWhatItIs()
    {
        var frame = new FolderFrameSource([Write("a.jpg", Pictures.Png(8, 6, 1))], 0, 1, 1 << 20).Next();

        (frame.ContentType, frame.Width, frame.Height).ShouldBe(("image/png", 8, 6));
    }

    [Fact]
    public void Next_DamagedFile_IsSentAsItIs()
    {
        var frame = new FolderFrameSource([Write("a.jpg", [1, 2, 3])], 0, 1, 1 << 20).Next();

        (frame.ContentType, frame.Width, frame.Height).ShouldBe(("image/jpeg", null, null));
        frame.Image.ToArray().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Next_TooLargeOrGone_NamesTheFile()
    {
        var large = Write("large.png", new byte[2000]);

        Should.Throw<FrameSourceException>(() => new FolderFrameSource([large], 0, 1, 1024).Next()).Message.ShouldContain("large.png' has 2000 bytes");
        Should.Throw<FrameSourceException>(() => new FolderFrameSource([_directory.File("gone.png")], 0, 1, 1024).Next()).Message.ShouldContain("gone.png");
    }

    private static List<int> Indexes(FolderFrameSource source, List<string> files, int count)
    {
        var contents = files.ConvertAll(f => Convert.ToHexString(File.ReadAllBytes(f)));
        return [.. Enumerable.Range(0, count).Select(_ => contents.IndexOf(Convert.ToHexString(source.Next().Image.Span)))];
    }

    private string Write(string name, byte[] content)
    {
        File.WriteAllBytes(_directory.File(name), content);
        return _directory.File(name);
    }
}
