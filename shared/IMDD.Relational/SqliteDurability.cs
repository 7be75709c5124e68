using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace IMDD.Relational;

/// <summary>
/// Every commit reaches the disk: a revision of a window that was published must not be counted again, differently, after a power failure.
/// Writers wait for each other within SQLite, whose waits are of milliseconds, rather than by the provider's retries, which are not.
/// </summary>
internal sealed class SqliteDurability : DbConnectionInterceptor
{
    public static SqliteDurability Instance { get; } = new();

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Apply(connection);
        return Task.CompletedTask;
    }

    private static void Apply(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000; PRAGMA journal_size_limit=67108864;";
        command.ExecuteNonQuery();
    }
}
