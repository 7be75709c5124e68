using System.Text;
using IMDD.Contracts.Identity;

namespace IMDD.Storage.Tests;

/// <summary>What every blob store promises; each store runs all of it.</summary>
public abstract class BlobStoreCompliance
{
    private const long Plenty = 64L << 20;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A store over the same container on each call within a test.</summary>
    protected abstract IBlobStore Open(Uri? publicBase = null);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70_000)]
    [InlineData(5_000_000)]
    public async Task PutAsync_Content_ComesBackByteForByte(int size)
    {
        var store = Open();
        var content = Bytes(size, seed: size);

        var reference = await store.PutAsync(content, "image/jpeg", Stop);

        reference.Digest.ShouldBe(ContentDigest.Of(content));
        reference.SizeBytes.ShouldBe(size);
        reference.ContentType.ShouldBe("image/jpeg");
        (await store.GetAsync(reference.Digest, Plenty, Stop)).ShouldBe(content);
        (await Open().FindAsync(reference.Digest, Stop)).ShouldBe(reference);
    }

    [Fact]
    public async Task PutAsync_SameContentTwice_KeepsTheFirst()
    {
        var content = Encoding.UTF8.GetBytes("twice");

        var first = await Open().PutAsync(content, "image/png", Stop);
        var second = await Open().PutAsync(content, "text/plain", Stop);

        second.ShouldBe(first);
    }

    [Fact]
    public async Task PutAsync_ManyAtOnce_AllSeeOneWholeBlob()
    {
        var content = Bytes(300_000, seed: 7);
        var stores = new[] { Open(), Open() };

        var references = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () =>
        {
            var reference = await stores[i % 2].PutAsync(content, "image/jpeg", Stop);
            (await stores[(i + 1) % 2].GetAsync(reference.Digest, Plenty, Stop)).ShouldBe(content);
            return reference;
        })));

        references.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task GetAsync_Unknown_IsNull()
    {
        var digest = ContentDigest.Of("never stored"u8);

        (await Open().GetAsync(digest, Plenty, Stop)).ShouldBeNull();
        (await Open().FindAsync(digest, Stop)).ShouldBeNull();
        (await Open().OpenAsync(digest, Stop)).ShouldBeNull();
        (await Open().DeleteAsync(digest, Stop)).ShouldBeFalse();
    }

    [Fact]
    public async Task OpenAsync_Stored_IsReadFromAnyPlace()
    {
        var content = Bytes(300_000, seed: 5);
        var reference = await Open().PutAsync(content, "application/octet-stream", Stop);

        await using var stream = (await Open().OpenAsync(reference.Digest, Stop)).ShouldNotBeNull();
        stream.Length.ShouldBe(content.Length);
        stream.Seek(299_000, SeekOrigin.Begin);
        var tail = new byte[1000];
        await stream.ReadExactlyAsync(tail, Stop);
        tail.ShouldBe(content[299_000..]);
        stream.Seek(0, SeekOrigin.Begin);
        (await ContentDigest.OfAsync(stream, Stop)).ShouldBe(reference.Digest);
    }

    [Fact]
    public async Task GetAsync_LargerThanAllowed_IsRefusedBeforeItIsRead()
    {
        var reference = await Open().PutAsync(Bytes(1000, seed: 3), "image/jpeg", Stop);

        var error = await Should.ThrowAsync<BlobStoreException>(() => Open().GetAsync(reference.Digest, maxBytes: 999, Stop));

        error.IsTransient.ShouldBeFalse();
        error.Message.ShouldContain("1000");
        error.Message.ShouldContain("999");
        (await Open().GetAsync(reference.Digest, maxBytes: 1000, Stop)).ShouldNotBeNull();
    }

    [Fact]
    public async Task DeleteAsync_Stored_IsGoneAndCanBePutAgain()
    {
        var content = Encoding.UTF8.GetBytes("gone");
        var reference = await Open().PutAsync(content, "image/jpeg", Stop);

        (await Open().DeleteAsync(reference.Digest, Stop)).ShouldBeTrue();

        (await Open().FindAsync(reference.Digest, Stop)).ShouldBeNull();
        (await Open().PutAsync(content, "image/png", Stop)).ContentType.ShouldBe("image/png");
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256:../../../../etc/passwd")]
    [InlineData("sha256:")]
    [InlineData("sha256:ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789")]
    [InlineData("md5:0123456789abcdef0123456789abcdef")]
    [InlineData("sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\n")]
    public async Task AnyRead_NotADigest_IsRefused(string digest)
    {
        await Should.ThrowAsync<ArgumentException>(async () => await Open().GetAsync(digest, Plenty, Stop));
        await Should.ThrowAsync<ArgumentException>(async () => await Open().FindAsync(digest, Stop));
        await Should.ThrowAsync<ArgumentException>(async () => await Open().DeleteAsync(digest, Stop));
    }

    [Fact]
    public async Task PutAsync_NoPublicBase_UriNamesTheContent()
    {
        var reference = await Open().PutAsync("uri"u8.ToArray(), "image/jpeg", Stop);

        reference.Uri.ToString().ShouldBe("imdd-blob:" + reference.Digest);
        BlobName.TryGetDigest(reference.Uri.ToString(), out var digest).ShouldBeTrue();
        digest.ShouldBe(reference.Digest);
    }

    [Fact]
    public async Task PutAsync_PublicBase_UriIsBelowIt()
    {
        var reference = await Open(new Uri("https://frames.example/plant")).PutAsync("uri"u8.ToArray(), "image/jpeg", Stop);

        var hex = reference.Digest["sha256:".Length..];
        reference.Uri.ToString().ShouldBe($"https://frames.example/plant/{hex[..2]}/{hex[2..4]}/sha256-{hex}");
        BlobName.TryGetDigest(reference.Uri.ToString(), out var digest).ShouldBeTrue();
        digest.ShouldBe(reference.Digest);
    }

    protected static byte[] Bytes(int size, int seed)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
