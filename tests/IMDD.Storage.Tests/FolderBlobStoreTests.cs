using IMDD.Contracts.Identity;
using IMDD.Storage.Folder;
using IMDD.Testing;

namespace IMDD.Storage.Tests;

public sealed class FolderBlobStoreTests : BlobStoreCompliance, IDisposable
{
    private readonly TestDirectory _directory = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task GetAsync_FlippedBit_IsRefusedAndAPutHealsIt()
    {
        var content = Bytes(1000, seed: 1);
        var reference = await Open().PutAsync(content, "image/jpeg", Stop);
        var file = _directory.File(BlobName.Of(reference.Digest));
        var damaged = content.ToArray();
        damaged[500] ^= 1;
        await File.WriteAllBytesAsync(file, damaged, Stop);

        var error = await Should.ThrowAsync<BlobStoreException>(() => Open().GetAsync(reference.Digest, 10_000, Stop));
        error.Message.ShouldContain("damaged");
        error.IsTransient.ShouldBeFalse();

        await Open().PutAsync(content, "image/jpeg", Stop);
        (await Open().GetAsync(reference.Digest, 10_000, Stop)).ShouldBe(content);
    }

    [Fact]
    public async Task GetAsync_TruncatedFile_IsRefused()
    {
        var content = Bytes(1000, seed: 2);
        var reference = await Open().PutAsync(content, "image/jpeg", Stop);
        await File.WriteAllBytesAsync(_directory.File(BlobName.Of(reference.Digest)), content[..700], Stop);

        (await Should.ThrowAsync<BlobStoreException>(() => Open().GetAsync(reference.Digest, 10_000, Stop))).Message.ShouldContain(reference.Digest);
    }

    [Fact]
    public async Task PutAsync_Done_LeavesNothingTemporary()
    {
        var store = Open();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => store.PutAsync(Bytes(100, seed: i % 5), "image/jpeg", Stop)));

        Directory.GetFiles(_directory.File("tmp")).ShouldBeEmpty();
        Directory.GetFiles(_directory.Path, "sha256-*", SearchOption.AllDirectories).Count(f => !f.EndsWith(".type", StringComparison.Ordinal)).ShouldBe(5);
    }

    [Fact]
    public void Open_AbandonedTemporaryFile_IsRemovedAfterADay()
    {
        Directory.CreateDirectory(_directory.File("tmp"));
        File.WriteAllText(_directory.File("tmp/old"), "half a blob");
        File.SetLastWriteTimeUtc(_directory.File("tmp/old"), DateTime.UtcNow.AddDays(-2));
        File.WriteAllText(_directory.File("tmp/new"), "somebody is writing this");

        Open();

        Directory.GetFiles(_directory.File("tmp")).ShouldHaveSingleItem().ShouldEndWith("new");
    }

    [Fact]
    public async Task PutAsync_FolderReplacedByFile_SaysWhichPathAndIsTransient()
    {
        var store = Open();
        var content = Bytes(10, seed: 4);
        var name = BlobName.Of(ContentDigest.Of(content));
        await File.WriteAllTextAsync(_directory.File(name[..2]), "in the way", Stop);

        var error = await Should.ThrowAsync<BlobStoreException>(() => store.PutAsync(content, "image/jpeg", Stop));

        error.Message.ShouldContain(_directory.Path);
        error.IsTransient.ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("image/jpeg\r\nX-Injected: 1")]
    public async Task PutAsync_BadMediaType_IsRefused(string contentType)
        => await Should.ThrowAsync<ArgumentException>(() => Open().PutAsync(Bytes(1, seed: 1), contentType, Stop));

    protected override IBlobStore Open(Uri? publicBase = null) => new FolderBlobStore(_directory.Path, publicBase);
}
