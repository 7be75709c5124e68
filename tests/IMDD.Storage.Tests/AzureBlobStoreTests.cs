using System.Diagnostics;
using Azure.Storage.Blobs;
using IMDD.Storage.Azure;
using IMDD.Testing;

namespace IMDD.Storage.Tests;

public sealed class AzureBlobStoreTests(AzuriteFixture azurite) : BlobStoreCompliance, IAsyncLifetime
{
    private readonly string _container = $"test-{Guid.NewGuid():N}";
    private string _connectionString = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private BlobContainerClient Container => new(_connectionString, _container);

    public async ValueTask InitializeAsync() => _connectionString = await azurite.GetConnectionStringAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task PutAsync_NewBlob_HasNameTypeAndMd5InTheService()
    {
        var reference = await Open().PutAsync(Bytes(1000, seed: 1), "image/png", Stop);

        var properties = (await Container.GetBlobClient(BlobName.Of(reference.Digest)).GetPropertiesAsync(cancellationToken: Stop)).Value;
        properties.ContentType.ShouldBe("image/png");
        properties.ContentLength.ShouldBe(1000);
#pragma warning disable CA5351 // MD5 is the service's checksum of a transfer, not a protection.
        properties.ContentHash.ShouldBe(System.Security.Cryptography.MD5.HashData(Bytes(1000, seed: 1)));
#pragma warning restore CA5351
    }

    [Fact]
    public async Task GetAsync_OtherBytesUnderTheName_IsRefusedAsDamaged()
    {
        var reference = await Open().PutAsync(Bytes(1000, seed: 2), "image/png", Stop);
        await Container.GetBlobClient(BlobName.Of(reference.Digest)).UploadAsync(BinaryData.FromBytes(Bytes(1000, seed: 3)), overwrite: true, Stop);

        var error = await Should.ThrowAsync<BlobStoreException>(() => Open().GetAsync(reference.Digest, 10_000, Stop));

        error.Message.ShouldContain("damaged");
        error.IsTransient.ShouldBeFalse();
    }

    [Fact]
    public async Task AnyCall_ServiceGone_IsTransientAndBounded()
    {
        var store = Store($"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=AAAA;BlobEndpoint=http://127.0.0.1:{FreePort.Next()}/a;", retries: 1);
        var started = Stopwatch.GetTimestamp();

        var error = await Should.ThrowAsync<BlobStoreException>(() => store.PutAsync(Bytes(10, seed: 1), "image/png", Stop));

        error.IsTransient.ShouldBeTrue();
        error.Message.ShouldContain(_container);
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task AnyCall_WrongKey_IsPermanentAndDoesNotQuoteIt()
    {
        const string key = "d3Jvbmc=";
        var store = Store(System.Text.RegularExpressions.Regex.Replace(_connectionString, "AccountKey=[^;]+", $"AccountKey={key}", default, TimeSpan.FromSeconds(1)), retries: 3);

        var error = await Should.ThrowAsync<BlobStoreException>(() => store.PutAsync(Bytes(10, seed: 1), "image/png", Stop));

        error.IsTransient.ShouldBeFalse();
        error.Message.ShouldNotContain(key);
    }

    [Fact]
    public async Task PutAsync_ContainerDeletedMeanwhile_TellsToTryAgainAndThenWorks()
    {
        var store = Open();
        await store.PutAsync(Bytes(10, seed: 1), "image/png", Stop);
        await Container.DeleteAsync(cancellationToken: Stop);

        var error = await Should.ThrowAsync<BlobStoreException>(() => store.PutAsync(Bytes(10, seed: 2), "image/png", Stop));
        error.IsTransient.ShouldBeTrue();

        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                return (await store.PutAsync(Bytes(10, seed: 2), "image/png", Stop)).SizeBytes == 10;
            }
            catch (BlobStoreException e) when (e.IsTransient)
            {
                return false;
            }
        });
    }

    protected override IBlobStore Open(Uri? publicBase = null) => Store(_connectionString, retries: 3, publicBase);

    private AzureBlobStore Store(string connectionString, int retries, Uri? publicBase = null) => new(new BlobStoreOptions
    {
        Kind = BlobStoreKind.Azure,
        ConnectionString = connectionString,
        Container = _container,
        PublicBaseUri = publicBase,
        MaxRetries = retries,
    });
}
