using IMDD.Storage.Folder;
using IMDD.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IMDD.Storage.Tests;

public sealed class BlobStoreOptionsTests
{
    [Fact]
    public void AddBlobStore_Folder_IsTheDefault()
    {
        using TestDirectory directory = new();
        using var provider = Provider(("Blobs:Directory", directory.Path));

        provider.GetRequiredService<IBlobStore>().ShouldBeOfType<FolderBlobStore>();
    }

    [Fact]
    public void AddBlobStore_SeveralFaults_AreAllNamedWithTheirKeys()
    {
        using var provider = Provider(
            ("Blobs:Kind", "azure"), ("Blobs:Container", "No Good"), ("Blobs:PublicBaseUri", "https://host/c?sig=topsecret"));

        var error = Should.Throw<OptionsValidationException>(() => provider.GetRequiredService<IBlobStore>());

        error.Failures.Count().ShouldBe(3);
        error.Message.ShouldContain("Blobs:ConnectionString");
        error.Message.ShouldContain("Blobs:Container");
        error.Message.ShouldContain("Blobs:PublicBaseUri");
        error.Message.ShouldNotContain("topsecret");
    }

    [Fact]
    public void AddBlobStore_MalformedConnectionString_IsRefusedWithoutQuotingIt()
    {
        using var provider = Provider(("Blobs:Kind", "azure"), ("Blobs:ConnectionString", "AccountKey=topsecret"));

        Should.Throw<BlobStoreException>(() => provider.GetRequiredService<IBlobStore>()).ToString().ShouldNotContain("topsecret");
    }

    [Theory]
    [InlineData("imdd-blob:sha256:nonsense")]
    [InlineData("https://host/ab/cd/sha256-nonsense")]
    [InlineData("file:///etc/passwd")]
    [InlineData("not a uri")]
    [InlineData(null)]
    public void TryGetDigest_OtherAddress_IsFalse(string? uri) => BlobName.TryGetDigest(uri, out _).ShouldBeFalse();

    private static ServiceProvider Provider(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build();
        return new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddBlobStore().BuildServiceProvider();
    }
}
