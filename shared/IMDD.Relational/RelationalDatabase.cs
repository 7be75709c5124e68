using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace IMDD.Relational;

/// <summary>SQLite in a folder, or PostgreSQL by connection string.</summary>
public static class RelationalDatabase
{
    /// <summary>Points a context at the database that the options name.</summary>
    public static void Configure(DbContextOptionsBuilder builder, IDatabaseOptions options, DatabaseSchema schema)
    {
        if (string.IsNullOrEmpty(options.ConnectionString))
        {
            SqliteConnectionStringBuilder connection = new() { DataSource = FileOf(options, schema), ForeignKeys = false };
            builder.UseSqlite(connection.ToString()).AddInterceptors(SqliteDurability.Instance);
        }
        else
        {
            builder.UseNpgsql(Bounded(options.ConnectionString, schema));
        }
    }

    /// <summary>Path of the SQLite file.</summary>
    public static string FileOf(IDatabaseOptions options, DatabaseSchema schema) => Path.Combine(Path.GetFullPath(options.Directory), schema.FileName);

    /// <summary>True for a connection string of PostgreSQL.</summary>
    public static bool IsConnectionString(string text)
    {
        try
        {
            return !string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return false;
        }
    }

    /// <summary>
    /// An instance that stops in the middle of a transaction keeps its locks, and with them the instance that is to take over: the server
    /// ends such a transaction.
    /// </summary>
    private static string Bounded(string connectionString, DatabaseSchema schema)
    {
        NpgsqlConnectionStringBuilder connection = new(connectionString);
        connection.Options ??= "-c idle_in_transaction_session_timeout=10000";
        if (schema.Namespace != DatabaseSchema.Public)
        {
            connection.SearchPath ??= schema.Namespace;
        }

        return connection.ToString();
    }
}
