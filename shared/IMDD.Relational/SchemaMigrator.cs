using System.Data.Common;
using System.Globalization;
using IMDD.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IMDD.Relational;

/// <summary>
/// Brings the database to the present schema before anything else starts. Instances that start together do it one after the other: the
/// first under a lock that the database holds, the others then find nothing left to do.
/// </summary>
public sealed class SchemaMigrator<TContext>(
    IDbContextFactory<TContext> contexts, DatabaseSchema schema, IDatabaseOptions options, TimeProvider time, ILogger<SchemaMigrator<TContext>> logger) : IHostedService
    where TContext : DbContext
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var giveUp = time.GetTimestamp();
        while (true)
        {
            try
            {
                await MigrateAsync(cancellationToken);
                return;
            }
            catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException)
            {
                var isFile = string.IsNullOrEmpty(options.ConnectionString);
                if (isFile || time.GetElapsedTime(giveUp) >= options.DatabaseStartTimeout)
                {
                    throw new StoreUnavailableException(DatabaseName(), e.Message, e);
                }

                Log.DatabaseNotYetThere(logger, DatabaseName(), e.Message);
                await Task.Delay(RetryDelay, time, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var isPostgres = context.Database.IsNpgsql();
        if (!isPostgres)
        {
            Directory.CreateDirectory(options.Directory);
            await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken);
        }

        // SQLite begins with a write lock, PostgreSQL waits for the advisory lock; both end with the transaction.
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (isPostgres)
        {
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({schema.MigrationLock})", cancellationToken);
            if (schema.Namespace != DatabaseSchema.Public)
            {
                var path = new Npgsql.NpgsqlConnectionStringBuilder(context.Database.GetConnectionString()).SearchPath!;
                Sql.Execute(context, $"CREATE SCHEMA IF NOT EXISTS \"{path.Replace("\"", "", StringComparison.Ordinal)}\"", []);
            }
        }

        await context.Database.ExecuteSqlRawAsync(
            "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY, applied_us BIGINT NOT NULL)", cancellationToken);
        var rows = Sql.Query(context, "SELECT COALESCE(MAX(version), 0) FROM schema_version", []);
        var version = Convert.ToInt32(rows[0][0], CultureInfo.InvariantCulture);
        if (version > schema.Steps.Count)
        {
            throw new StoreUnavailableException(
                DatabaseName(), $"its schema has version {version} and this program knows {schema.Steps.Count}; run the newer program");
        }

        for (var step = version + 1; step <= schema.Steps.Count; step++)
        {
            Sql.Execute(context, DatabaseSchema.For(schema.Steps[step - 1], isPostgres), []);
            Sql.Execute(context, "INSERT INTO schema_version (version, applied_us) VALUES ({0}, {1})", [step, Timestamp.ToMicroseconds(time.GetUtcNow())]);
            Log.SchemaStepApplied(logger, step, DatabaseName());
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private string DatabaseName()
    {
        if (string.IsNullOrEmpty(options.ConnectionString))
        {
            return $"SQLite database '{RelationalDatabase.FileOf(options, schema)}'";
        }

        var connection = new Npgsql.NpgsqlConnectionStringBuilder(options.ConnectionString);
        return $"PostgreSQL database '{connection.Database}' at {connection.Host}:{connection.Port}";
    }
}
