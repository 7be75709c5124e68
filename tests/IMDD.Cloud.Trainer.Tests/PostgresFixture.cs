using IMDD.Testing;

[assembly: AssemblyFixture(typeof(IMDD.Cloud.Trainer.Tests.PostgresFixture))]

namespace IMDD.Cloud.Trainer.Tests;

/// <summary>One server for all tests, started by the first that needs it.</summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> _server = new(() => PostgresServer.StartAsync(PostgresServer.FindBinaries(out _)!));

    public async Task<string> CreateDatabaseAsync()
    {
        Assert.SkipWhen(PostgresServer.FindBinaries(out var reason) is null, reason);
        return await (await _server.Value).CreateDatabaseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
