using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace IMDD.Cloud.Aggregator.State;

/// <summary>SQLite in a folder, or PostgreSQL by connection string.</summary>
internal static class AggregatorDatabase
{
    private const string FileName = "aggregator.db";

    public static void Configure(DbContextOptionsBuilder builder, AggregatorOptions options)
    {
        if (string.IsNullOrEmpty(options.ConnectionString))
        {
            SqliteConnectionStringBuilder connection = new() { DataSource = FileOf(options), ForeignKeys = false };
            builder.UseSqlite(connection.ToString()).AddInterceptors(SqliteDurability.Instance);
        }
        else
        {
            builder.UseNpgsql(Bounded(options.ConnectionString));
        }
    }

    public static string FileOf(AggregatorOptions options) => Path.Combine(Path.GetFullPath(options.Directory), FileName);

    /// <summary>
    /// An instance that stops in the middle of a transaction keeps its locks, and with them the instance that is to take over: the server
    /// ends such a transaction.
    /// </summary>
    private static string Bounded(string connectionString)
    {
        NpgsqlConnectionStringBuilder connection = new(connectionString);
        connection.Options ??= "-c idle_in_transaction_session_timeout=10000";
        return connection.ToString();
    }
}
