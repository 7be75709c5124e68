using IMDD.Edge.Camera.Sources;
using IMDD.Testing;

namespace IMDD.Edge.Camera.Tests;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void List_TreeOfADataSet_LeavesMasksOutAndKeepsTheOrder()
    {
        string[] pictures =
        [
            "a.JPG", "b.jpeg", "c.png", "d.bmp", "e.TIF", "test/crack/000.png", "test/good/000.png", "unlabelled/x.png", "part_mask_only/y.png",
        ];
        string[] others =
        [
            "a.png", "B.PNG", "c_mask.png", "d_Label.bmp", "notes.txt", "Ground_Truth/crack/000_mask.png", "masks/000.png", "MASK1/1.jpg",
            "labels/2.png", "Label/3.png", "test/ground_truth/1.png", "readme.md",
        ];
        foreach (var file in pictures.Concat(others))
        {
            Touch(file);
        }

        var found = ImageFolder.List(_directory.Path).Select(f => Path.GetRelativePath(_directory.Path, f)).ToList();

        found.ShouldBe([
            "a.JPG", "b.jpeg", "c.png", "d.bmp", "e.TIF", "part_mask_only/y.png", "test/crack/000.png", "test/good/000.png", "unlabelled/x.png",
        ]);
    }

    [Fact]
    public void List_MaskNamedPictureAlone_IsAPicture()
    {
        Touch("x_mask.png");

        ImageFolder.List(_directory.Path).ShouldHaveSingleItem();
    }

    [Fact]
    public void List_NoImages_SaysWhatWasExpected()
    {
        Touch("masks/1.png");
        Touch("notes.txt");

        var error = Should.Throw<FrameSourceException>(() => ImageFolder.List(_directory.Path)).Message;

        error.ShouldContain(_directory.Path);
        error.ShouldContain("holds no images");
        error.ShouldContain(".png");
    }

    [Fact]
    public void List_NoFolder_NamesIt()
        => Should.Throw<FrameSourceException>(() => ImageFolder.List(_directory.File("absent"))).Message.ShouldContain("absent");

    private void Touch(string relative)
    {
        var path = _directory.File(relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, []);
    }
}
