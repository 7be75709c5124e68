using IMDD.Testing;
using Microsoft.Extensions.Time.Testing;

namespace IMDD.Cloud.Aggregator.Tests;

/// <summary>Gives a test an empty database, a clock, and instances of the aggregator over both. Each test class runs once per database.</summary>
public abstract class AggregatorTests(PostgresFixture postgres, DatabaseKind kind) : IAsyncLifetime
{
    private readonly TestDirectory _directory = new();
    private readonly List<Instance> _instances = [];

    /// <summary>Noon of a day; the events of <see cref="Events"/> lie before it.</summary>
    protected FakeTimeProvider Time { get; } = new(Events.Noon);

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Settings of the database.</summary>
    protected Dictionary<string, string?> Database { get; } = [];

    public virtual async ValueTask InitializeAsync()
    {
        Database["Aggregator:Directory"] = _directory.Path;
        if (kind == DatabaseKind.Postgres)
        {
            Database["Aggregator:ConnectionString"] = await postgres.CreateDatabaseAsync();
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

    internal async Task<Instance> StartAsync(string name = "one", params (string Key, string Value)[] settings)
    {
        var instance = await Instance.CreateAsync(Database, Time, name, settings);
        _instances.Add(instance);
        return instance;
    }

    /// <summary>A new, empty database for instances started from now on.</summary>
    internal async Task ChangeDatabaseAsync()
    {
        if (kind == DatabaseKind.Postgres)
        {
            Database["Aggregator:ConnectionString"] = await postgres.CreateDatabaseAsync();
        }
        else
        {
            Database["Aggregator:Directory"] = _directory.File(Guid.NewGuid().ToString("N"));
        }
    }
}
