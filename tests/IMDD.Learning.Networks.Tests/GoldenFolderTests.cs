using IMDD.Testing;

namespace IMDD.Learning.Networks.Tests;

public sealed class GoldenFolderTests : IDisposable
{
    private readonly TestDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_KindThatTheFolderLacks_IsOneCaseThatSkipsWithTheReason()
    {
        File.WriteAllText(_folder.File("unet-other.safetensors"), "");

        GoldenFolder.Files("unet-*.safetensors", _folder.Path).ShouldBe(["unet-other.safetensors"]);
        var name = GoldenFolder.Files("vae-*.safetensors", _folder.Path).ShouldHaveSingleItem();
        GoldenFolder.Find(name, _folder.Path, out var reason).ShouldBeNull();
        reason.ShouldStartWith($"no vae-*.safetensors in {_folder.Path}");
    }

    /// <summary>Where a test host is started is nothing that who names the folder knows.</summary>
    [Fact]
    public void Files_RelativeName_IsFromTheRepositorysRoot()
    {
        var relative = Path.GetRelativePath(Repository.Root, _folder.Path);
        File.WriteAllText(_folder.File("unet-other.safetensors"), "");

        GoldenFolder.Files("unet-*.safetensors", relative).ShouldBe(["unet-other.safetensors"]);
        GoldenFolder.Find("unet-other.safetensors", relative, out _).ShouldBe(_folder.File("unet-other.safetensors"));
    }

    [Fact]
    public void Files_NamedFolderThatIsNotThere_IsNoReasonToSkip()
        => Should.Throw<InvalidOperationException>(() => GoldenFolder.Files("unet-*.safetensors", _folder.File("gone"))).Message.ShouldContain(_folder.File("gone"));
}
