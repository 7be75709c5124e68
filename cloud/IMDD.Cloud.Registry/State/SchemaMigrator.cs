using System.Data.Common;
using IMDD.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Registry.State;

/// <summary>Brings the database to the present schema before anything else starts; instances that start together do it one after the other.</summary>
internal sealed class SchemaMigrator(
    IDbContextFactory<RegistryDbContext> contexts, IOptions<RegistryOptions> options, TimeProvider time, ILogger<SchemaMigrator> logger) : IHostedService
{
    // Any constant of our own: the key of PostgreSQL's advisory lock.
    private const long MigrationLock = 0x494D_4444_5245_4749;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var database = RegistryDatabase.NameOf(options.Value);
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                await MigrateAsync(database, cancellationToken);
                return;
            }
            catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException)
            {
                var isFile = string.IsNullOrEmpty(options.Value.ConnectionString);
                if (isFile || time.GetElapsedTime(began) >= options.Value.DatabaseStartTimeout)
                {
                    throw new StoreUnavailableException(database, e.Message, e);
                }

                Log.DatabaseNotYetThere(logger, database, e.Message);
                await Task.Delay(RetryDelay, time, cancellationToken);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task MigrateAsync(string database, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var isPostgres = context.Database.IsNpgsql();
        if (!isPostgres)
        {
            Directory.CreateDirectory(options.Value.Directory);
            await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken);
        }

        // SQLite begins with a write lock, PostgreSQL waits for the advisory lock; both end with the transaction.
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (isPostgres)
        {
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({MigrationLock})", cancellationToken);
        }

        await context.Database.ExecuteSqlRawAsync(
            "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY, applied_us BIGINT NOT NULL)", cancellationToken);
        var version = await context.Database.SqlQueryRaw<int>("SELECT COALESCE(MAX(version), 0) AS \"Value\" FROM schema_version").SingleAsync(cancellationToken);
        if (version > Schema.Steps.Count)
        {
            throw new StoreUnavailableException(database, $"its schema has version {version} and this program knows {Schema.Steps.Count}; run the newer program");
        }

        for (var step = version + 1; step <= Schema.Steps.Count; step++)
        {
            await context.Database.ExecuteSqlRawAsync(Schema.For(Schema.Steps[step - 1], isPostgres), cancellationToken);
            var applied = Timestamp.ToMicroseconds(time.GetUtcNow());
            await context.Database.ExecuteSqlAsync($"INSERT INTO schema_version (version, applied_us) VALUES ({step}, {applied})", cancellationToken);
            Log.SchemaStepApplied(logger, step, database);
        }

        await transaction.CommitAsync(cancellationToken);
    }
}
