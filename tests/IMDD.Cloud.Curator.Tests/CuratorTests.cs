using IMDD.Testing;
using Microsoft.Extensions.Time.Testing;

namespace IMDD.Cloud.Curator.Tests;

/// <summary>Gives a test an empty database, a clock, and instances of the curator over both. Each test class runs once per database.</summary>
public abstract class CuratorTests(PostgresFixture postgres, DatabaseKind kind) : IAsyncLifetime
{
    private readonly TestDirectory _directory = new();
    private readonly List<Instance> _instances = [];

    protected FakeTimeProvider Time { get; } = new(Examples.Noon);

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Settings of the database and the blobs.</summary>
    protected Dictionary<string, string?> Settings { get; } = [];

    public async ValueTask InitializeAsync()
    {
        Settings["Curator:Directory"] = _directory.File("state");
        Settings["Blobs:Directory"] = _directory.File("blobs");
        if (kind == DatabaseKind.Postgres)
        {
            Settings["Curator:ConnectionString"] = await postgres.CreateDatabaseAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances)
        {
            await instance.DisposeAsync();
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    internal async Task<Instance> StartAsync(params (string Key, string Value)[] settings)
    {
        var instance = await Instance.CreateAsync(Settings, Time, settings);
        _instances.Add(instance);
        return instance;
    }
}
