using IMDD.Testing;

[assembly: AssemblyFixture(typeof(IMDD.Storage.Tests.AzuriteFixture))]

namespace IMDD.Storage.Tests;

/// <summary>One Azurite for all tests, started by the first that needs it.</summary>
public sealed class AzuriteFixture : IAsyncDisposable
{
    private readonly Lazy<Task<AzuriteServer>> _server = new(() => AzuriteServer.StartAsync(NodePackages.Find(out _)!));

    public async Task<string> GetConnectionStringAsync()
    {
        Assert.SkipWhen(NodePackages.Find(out var reason) is null, reason);
        return (await _server.Value).ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
